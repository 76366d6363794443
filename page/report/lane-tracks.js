// The tracks of a node's lane, as SVG: lives of its server, answers, the supervisor's and the balancer's word, what it
// served, its memory. Each takes a piece of time and gives shapes; bad ones are hatched, so that colour is not needed.
'use strict';
{
  const { svg, view, format } = remuster;
  const CHAR_PX = 6.3;
  const LEAST_PX = 1.5;
  /** A line of the story that quotes a supervisor. */
  const QUOTED = /: "/;

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

  /** What the supervisor said: a tick for each line, a triangle with the words where it complained. */
  function words(x, story, node, top, height) {
    const right = x(view.toMs);
    const own = story.filter(({ node: of, source, text }) => of === node && (source === 'said' || QUOTED.test(text)));
    const bad = own.filter(({ atMs, tone }) => tone === 'bad' && atMs >= view.fromMs && atMs <= view.toMs);
    const seen = new Set();
    const ticks = own.flatMap(({ atMs, tone, text }) => {
      const at = Math.round(x(atMs));
      if (tone === 'bad' || atMs < view.fromMs || atMs > view.toMs || seen.has(at)) return [];
      seen.add(at);
      return [
        svg('rect', { x: at, y: top + height - 6, width: 1.5, height: 6, class: 'said' }, svg('title', {}, text)),
      ];
    });
    let freeFrom = x(view.fromMs);
    const complaints = bad.flatMap(({ atMs, text }, index) => {
      const at = x(atMs);
      const next = bad[index + 1] === undefined ? right : x(bad[index + 1].atMs);
      const sign = svg(
        'path',
        { d: `M${at - 5} ${top} h10 l-5 ${height - 2} z`, class: 'said bad' },
        svg('title', {}, text),
      );
      const quoted = text.replace(/^.*?: (?=")/, '');
      const after = Math.floor((next - at - 14) / CHAR_PX);
      const before = Math.floor((at - freeFrom - 14) / CHAR_PX);
      freeFrom = at + 6;
      const [room, isAfter] = after >= quoted.length || after >= before ? [after, true] : [before, false];
      if (room < 12) return [sign];
      const shown = room >= quoted.length ? quoted : `${quoted.slice(0, room - 1)}…`;
      if (isAfter) freeFrom = at + 14 + shown.length * CHAR_PX;
      const place = isAfter ? { x: at + 8 } : { x: at - 8, 'text-anchor': 'end' };
      return [sign, svg('text', { ...place, y: top + height - 4, class: 'complaint' }, shown)];
    });
    return [...ticks, ...complaints];
  }

  /** Requests that a node served and failed, per second, over pieces of time that suit what is shown. */
  function perSecond({ traffic }) {
    const pieceMs = Math.max(
      traffic.bucketMs,
      Math.min(1000, (view.toMs - view.fromMs) / 40),
      (view.toMs - view.fromMs) / 300,
    );
    const pieces = new Map();
    traffic.atMs.forEach((atMs, index) => {
      if (atMs + traffic.bucketMs < view.fromMs || atMs > view.toMs) return;
      const slot = Math.floor(atMs / pieceMs);
      const piece = pieces.get(slot) ?? { ok: 0, failed: 0 };
      piece.ok += (traffic.ok[index] * 1000) / pieceMs;
      piece.failed += (traffic.failed[index] * 1000) / pieceMs;
      pieces.set(slot, piece);
    });
    return { pieceMs, pieces };
  }

  /** The most that any lane has in a piece: all lanes have one scale. */
  const mostServed = (nodes) =>
    Math.max(
      1,
      ...nodes.flatMap((lane) => [...perSecond(lane).pieces.values()].map(({ ok, failed }) => Math.max(ok, failed))),
    );

  function served(x, lane, top, height, most) {
    const { pieceMs, pieces } = perSecond(lane);
    const paths = { ok: [], failed: [] };
    for (const [slot, piece] of pieces) {
      const left = Math.max(x(view.fromMs), x(slot * pieceMs));
      const wide = Math.max(LEAST_PX, Math.min(x(view.toMs), x((slot + 1) * pieceMs)) - left);
      for (const kind of ['ok', 'failed']) {
        if (piece[kind] === 0) continue;
        // One failure among hundreds of answers must be seen.
        const high = Math.max(kind === 'failed' ? 4 : 1, (piece[kind] / most) * height);
        paths[kind].push(
          `M${left.toFixed(1)} ${(top + height - high).toFixed(1)}h${wide.toFixed(1)}v${high.toFixed(1)}h-${wide.toFixed(1)}z`,
        );
      }
    }
    return [
      svg('path', { d: paths.ok.join(''), class: 'served' }),
      svg('path', { d: paths.failed.join(''), class: 'lost' }),
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
    mostServed,
    memory,
  };
}
