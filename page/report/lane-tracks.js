// The tracks of a node's lane, as SVG: lives of its server, answers, the supervisor's and the balancer's word, what it
// served, its memory. Each takes a piece of time and gives shapes; bad ones are hatched, so that colour is not needed.
'use strict';
{
  const { svg, view, format } = remuster;
  const CHAR_PX = 6.3;
  const LEAST_PX = 1.5;

  const scale = (width) => {
    const { GUTTER, RIGHT } = remuster.charts;
    const room = Math.max(50, width - GUTTER - RIGHT);
    return (ms) => GUTTER + ((ms - view.fromMs) / (view.toMs - view.fromMs)) * room;
  };

  /** The ends of what is seen of a span, px; undefined when none of it is. */
  function ends(x, fromMs, toMs) {
    if (toMs < view.fromMs || fromMs > view.toMs) return undefined;
    const left = x(Math.max(fromMs, view.fromMs));
    return [left, Math.max(LEAST_PX, x(Math.min(toMs, view.toMs)) - left)];
  }

  /** Bars with a word where there is room for it. Hundreds of them within a pixel are drawn as one. */
  function bars(x, spans, top, height) {
    const shapes = [];
    const last = {};
    for (const { fromMs, toMs, tone, word, title } of spans) {
      const seen = ends(x, fromMs, toMs);
      if (seen === undefined) continue;
      const [left, width] = seen;
      if (last[tone] !== undefined && left + width < last[tone] + 0.7) continue;
      last[tone] = left + width;
      shapes.push(
        svg(
          'rect',
          { x: left, y: top, width, height, class: `bar ${tone}`, rx: width > 8 ? 2 : 0 },
          svg('title', {}, title),
        ),
      );
      if (tone === 'bad')
        shapes.push(svg('rect', { x: left, y: top, width, height, fill: 'url(#hatch)', class: 'hatched' }));
      const room = Math.floor((width - 6) / CHAR_PX);
      if (room >= Math.min(word.length, 4)) {
        const shown = word.length <= room ? word : `${word.slice(0, room - 1)}…`;
        shapes.push(svg('text', { x: left + 4, y: top + height - 4, class: `word ${tone}` }, shown));
      }
    }
    return shapes;
  }

  const titled = (span, who) => ({
    ...span,
    title: `${who}: ${span.word}${span.note ? ` (${span.note})` : ''}, ${format.at(span.fromMs)} to ${format.at(span.toMs)}`,
  });

  function processes(x, lane, top, height) {
    const shown = lane.processes.map(({ fromMs, toMs, pid, generation, role, command }) => {
      const isMaster = role === 'master';
      const tone = isMaster ? `life${generation % 2}` : role === 'stray' ? 'bad' : 'between';
      const word = isMaster ? `${generation === 1 ? '' : `life ${generation}, `}pid ${pid}` : `${role}, pid ${pid}`;
      return {
        fromMs,
        toMs,
        tone,
        word,
        title: `${role} pid ${pid}, ${format.at(fromMs)} to ${format.at(toMs)}: ${command}`,
        isMaster,
      };
    });
    // Whoever does not own the port is drawn low, so that it hides nobody.
    const others = shown.filter((each) => !each.isMaster);
    return [
      ...bars(
        x,
        shown.filter((each) => each.isMaster),
        top,
        height,
      ),
      ...bars(x, others, top + height - 4, 4),
    ];
  }

  const spans = (name, who) => (x, lane, top, height) =>
    bars(
      x,
      lane[name].map((span) => titled(span, who)),
      top,
      height,
    );

  /** What was said, as ticks on the supervisor's track: longer where it complained. */
  function words(x, story, node, top, height) {
    const seen = new Set();
    return story
      .filter((line) => line.node === node && (line.source === 'said' || / : "|: "/.test(line.text)))
      .flatMap((line) => {
        if (line.atMs < view.fromMs || line.atMs > view.toMs) return [];
        const at = Math.round(x(line.atMs));
        const slot = `${at} ${line.tone}`;
        if (seen.has(slot)) return [];
        seen.add(slot);
        const isBad = line.tone === 'bad';
        const shape = isBad
          ? svg(
              'path',
              { d: `M${at - 5} ${top - 1} h10 l-5 ${height} z`, class: 'said bad' },
              svg('title', {}, line.text),
            )
          : svg(
              'rect',
              { x: at, y: top + height - 5, width: 1.5, height: 5, class: 'said' },
              svg('title', {}, line.text),
            );
        return [shape];
      });
  }

  /** Requests that the node served and failed, each pixel the most of what falls into it. */
  function served(x, lane, top, height, most) {
    const { traffic } = lane;
    const wide = Math.max(LEAST_PX, x(view.fromMs + traffic.bucketMs) - x(view.fromMs));
    const pieces = { ok: [], failed: [] };
    traffic.atMs.forEach((atMs, index) => {
      if (atMs + traffic.bucketMs < view.fromMs || atMs > view.toMs) return;
      for (const kind of ['ok', 'failed']) {
        const count = traffic[kind][index];
        if (count === 0) continue;
        const high = Math.max(kind === 'failed' ? 4 : 1, (count / most) * height);
        pieces[kind].push(
          `M${x(Math.max(atMs, view.fromMs)).toFixed(1)} ${(top + height - high).toFixed(1)}h${wide.toFixed(1)}v${high.toFixed(1)}h-${wide.toFixed(1)}z`,
        );
      }
    });
    return [
      svg('path', { d: pieces.ok.join(''), class: 'served' }),
      svg('path', { d: pieces.failed.join(''), class: 'lost' }),
    ];
  }

  function memory(x, lane, top, height, most) {
    const { atMs, leastMiB, mostMiB, limitMiB, bucketMs } = lane.memory;
    const y = (value) => top + height - (value / most) * height;
    const high = [];
    const low = [];
    atMs.forEach((at, index) => {
      if (at + bucketMs < view.fromMs || at - bucketMs > view.toMs) return;
      const px = Math.min(x(view.toMs), Math.max(x(view.fromMs), x(at))).toFixed(1);
      high.push(`${px} ${y(mostMiB[index]).toFixed(1)}`);
      low.push(`${px} ${y(leastMiB[index]).toFixed(1)}`);
    });
    if (high.length === 0) return [];
    const limit =
      limitMiB === null
        ? []
        : [
            svg('path', { d: `M${x(view.fromMs)} ${y(limitMiB)}H${x(view.toMs)}`, class: 'limit' }),
            svg(
              'text',
              { x: x(view.toMs) - 4, y: y(limitMiB) + 11, class: 'limit-word', 'text-anchor': 'end' },
              `limit ${limitMiB} MiB`,
            ),
          ];
    return [
      svg('path', { d: `M${high.join('L')}L${low.toReversed().join('L')}Z`, class: 'memory-range' }),
      svg('path', { d: `M${high.join('L')}`, class: 'memory' }),
      ...limit,
    ];
  }

  remuster.tracks = {
    scale,
    bars,
    ends,
    processes,
    supervisor: spans('supervisor', 'supervisor'),
    answers: spans('answers', 'direct probes'),
    balancer: spans('balancer', 'balancer'),
    words,
    served,
    memory,
  };
}
