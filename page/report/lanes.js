// The lanes of an environment: one block per node with its name, what was known of it at the cursor, and its tracks.
'use strict';
{
  const { el, svg, view, tracks, format } = remuster;
  const ROW = 17;
  const GAP = 3;
  const MEMORY = 30;

  const at = (spans, ms) => spans.findLast((span) => span.fromMs <= ms && ms <= span.toMs);

  /** What was known of a node at a moment, as words. */
  function known(environment, lane, ms) {
    const process = lane.processes.findLast((each) => each.role === 'master' && each.fromMs <= ms && ms <= each.toMs);
    const supervisor = at(lane.supervisor, ms);
    const balancer = at(lane.balancer, ms);
    const answers = at(lane.answers, ms);
    const sample = lane.memory.atMs.findLastIndex((each) => each <= ms);
    const second = (each) =>
      each.traffic.atMs.reduce(
        (sum, atMs, index) => (atMs > ms - 1000 && atMs <= ms ? sum + each.traffic.ok[index] : sum),
        0,
      );
    const own = second(lane);
    const all = environment.nodes.reduce((sum, each) => sum + second(each), 0);
    return [
      answers === undefined ? null : answers.tone === 'good' ? '✓ answers' : `✗ ${answers.word}`,
      process
        ? `pid ${process.pid}${process.generation > 1 ? ` (life ${process.generation})` : ''}`
        : lane.service === null
          ? '✗ no process owns the port'
          : `✗ no ${lane.service} is there`,
      supervisor ? `supervisor "${supervisor.word}"` : null,
      balancer ? `balancer ${balancer.word}` : null,
      sample === -1 ? null : `${Math.round(lane.memory.mostMiB[sample])} MiB`,
      lane.service === null
        ? `${own} answers in the last second${all > 0 ? ` (${Math.round((100 * own) / all)} %)` : ''}`
        : null,
    ]
      .filter(Boolean)
      .join(' · ');
  }

  const label = (text, y) => svg('text', { x: 0, y, class: 'track' }, text);

  function drawLane(environment, lane, width, most, isCompact) {
    const x = tracks.scale(width);
    const rows = [];
    let top = 2;
    const add = (name, shapes, height = ROW) => {
      rows.push(label(name, top + Math.min(height, ROW) - 5), ...shapes(top, height));
      top += height + GAP;
    };
    if (!isCompact) add('process', (y, h) => tracks.processes(x, lane, y, h));
    // A further service is reached by no balancer, and asked only where it has a port.
    const isNode = lane.service === null;
    if (isNode || lane.answers.length > 0) add('answers', (y, h) => tracks.answers(x, lane, y, h));
    add('supervisor', (y, h) => tracks.supervisor(x, lane, y, h));
    if (!isCompact) add('it says', (y, h) => tracks.words(x, environment.story, lane.name, y, h), 14);
    if (!isCompact && isNode) add('balancer', (y, h) => tracks.balancer(x, lane, y, h));
    if (isNode) add('served', (y, h) => tracks.served(x, lane, y, h, most.served), 20);
    if (!isCompact && lane.memory.atMs.length > 0)
      add('memory', (y, h) => tracks.memory(x, lane, y, h, most.memory), MEMORY);
    const faults = environment.bands
      .filter(({ kind, node }) => kind === 'fault' && (node === lane.name || node === null))
      .flatMap(({ fromMs, toMs, words }) => {
        const seen = tracks.ends(x, fromMs, toMs);
        if (seen === undefined) return [];
        return [
          svg(
            'rect',
            { x: seen[0], y: 0, width: Math.max(2, seen[1]), height: top, class: 'fault' },
            svg('title', {}, `fault ${words}`),
          ),
          svg('path', { d: `M${seen[0]} 0V${top}`, class: 'fault-edge' }),
        ];
      });
    return svg(
      'svg',
      { width, height: top, viewBox: `0 0 ${width} ${top}`, role: 'img', 'aria-label': summary(environment, lane) },
      ...faults,
      ...rows,
    );
  }

  /** The lane in words, for those who do not see it. */
  function summary(environment, lane) {
    const bad = lane.answers
      .filter(({ tone }) => tone === 'bad')
      .map(({ fromMs, toMs }) => `${format.at(fromMs)} to ${format.at(toMs)}`);
    const lives = lane.processes.filter(({ role }) => role === 'master').length;
    return `${lane.name}: ${lives} ${lives === 1 ? 'life' : 'lives'} of the server; ${lane.answers.length === 0 ? 'nobody asks it' : bad.length === 0 ? 'always answered' : `did not answer ${bad.slice(0, 5).join(', ')}`}; at the end ${known(environment, lane, environment.toMs)}`;
  }

  remuster.lanes = {
    /** Draws all lanes into `host`; returns how to say what is known at the cursor. */
    draw(host, environment, { isCompact = false } = {}) {
      const width = Math.max(200, host.clientWidth);
      const most = {
        served: tracks.mostServed(environment.nodes),
        memory:
          Math.max(1, ...environment.nodes.flatMap(({ memory }) => [...memory.mostMiB, memory.limitMiB ?? 0])) * 1.05,
      };
      const readouts = [];
      const { node: wanted } = view.filter;
      remuster.put(
        host,
        ...environment.nodes
          .filter(({ name }) => isCompact || wanted === '' || name === wanted)
          .map((lane) => {
            const readout = el('span', { class: 'readout' });
            readouts.push(() => {
              readout.textContent = known(environment, lane, view.cursorMs ?? environment.toMs);
            });
            return el(
              'div',
              { class: 'lane', 'data-node': lane.name },
              el('p', { class: 'node' }, el('b', {}, lane.name), isCompact ? null : readout),
              drawLane(environment, lane, width, most, isCompact),
            );
          }),
      );
      const say = () => readouts.forEach((readout) => readout());
      if (!isCompact) say();
      return say;
    },
  };
}
