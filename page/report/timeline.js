// The time line of the chosen environment: marks, windows, charts and lanes over one piece of time, with its buttons.
'use strict';
{
  const { el, svg, view, time, format, charts, lanes, tracks, panel, GLYPH } = remuster;
  const section = document.getElementById('timeline');
  const MARK_PX = 26;
  let drawn = [];
  let sayKnown = () => undefined;
  const parts = {};

  function button(words, title, act) {
    return el('button', { type: 'button', title, 'aria-label': title, onclick: act }, words);
  }

  function controls() {
    parts.range = el('span', { class: 'range', 'aria-live': 'polite' });
    return el(
      'div',
      { class: 'controls', role: 'group', 'aria-label': 'piece of time' },
      button('−', 'zoom out (-)', () => time.zoom(2)),
      button('+', 'zoom in (+)', () => time.zoom(0.5)),
      button('←', 'earlier (arrow left)', () => time.pan(-0.25)),
      button('→', 'later (arrow right)', () => time.pan(0.25)),
      button('all', 'all of the run (0)', () => time.all()),
      button('◀ mark', 'mark before (p)', () => step(-1)),
      button('mark ▶', 'next mark (n)', () => step(1)),
      parts.range,
    );
  }

  /** What there is to jump to: the smoke check, faults, findings; with a link where there is evidence. */
  function marksOf(environment) {
    const marks = [];
    if (environment.smoke !== null && environment.smoke.atMs !== null)
      marks.push({
        atMs: environment.smoke.atMs,
        row: 0,
        sign: environment.smoke.green ? GLYPH.good : GLYPH.bad,
        tone: environment.smoke.green ? 'good' : 'bad',
        words: `smoke check ${environment.smoke.green ? 'green' : 'red'}: ${environment.smoke.evidence}`,
      });
    environment.bands.forEach(({ kind, fromMs, node, words }) => {
      if (kind === 'fault')
        marks.push({ atMs: fromMs, row: 0, sign: GLYPH.fault, tone: 'fault', words: `fault on ${node}: ${words}` });
      if (kind === 'outage') marks.push({ atMs: fromMs, row: 0, sign: '■', tone: 'bad', words });
    });
    environment.findings.forEach(({ atMs, severity, check, message }, index) => {
      if (atMs !== null)
        marks.push({
          atMs,
          row: 1,
          sign: GLYPH[severity],
          tone: severity,
          words: `${check}: ${message}`,
          href: panel.findingLink(environment, index),
        });
    });
    return marks.sort((a, b) => a.atMs - b.atMs);
  }

  function step(direction) {
    const from = view.cursorMs ?? (direction > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    const moments = marksOf(time.environment()).map(({ atMs }) => atMs);
    const next = direction > 0 ? moments.find((atMs) => atMs > from + 1) : moments.findLast((atMs) => atMs < from - 1);
    if (next === undefined) return;
    if (next < view.fromMs || next > view.toMs) time.around(next, (view.toMs - view.fromMs) / 2);
    time.setCursor(next);
  }

  /** Marks so near to each other that they would lie one on the other become one with their number. */
  function drawMarks(environment) {
    const x = tracks.scale(parts.marks.clientWidth);
    const groups = [];
    for (const mark of marksOf(environment)) {
      if (mark.atMs < view.fromMs || mark.atMs > view.toMs) continue;
      const px = x(mark.atMs);
      const near = groups.find((group) => group.row === mark.row && Math.abs(group.px - px) < MARK_PX);
      if (near) near.marks.push(mark);
      else groups.push({ px, row: mark.row, marks: [mark] });
    }
    remuster.put(
      parts.marks,
      ...groups.map(({ px, row, marks }) => {
        const [first] = marks;
        const title = marks
          .map(({ atMs, words }) => `${format.at(atMs)} ${words}`)
          .slice(0, 8)
          .join('\n');
        const style = `left:${Math.min(px - 12, parts.marks.clientWidth - 30)}px;top:${row * 27}px`;
        const text = marks.length > 1 ? `${first.sign}${marks.length}` : first.sign;
        const common = { class: `mark ${first.tone}`, style, title, 'aria-label': `${text} ${title}` };
        return first.href
          ? el('a', { ...common, href: first.href }, text)
          : el('button', { ...common, type: 'button', onclick: () => time.setCursor(first.atMs) }, text);
      }),
    );
  }

  function drawWindows(environment) {
    const width = parts.windows.clientWidth;
    const spans = environment.bands
      .filter(({ kind }) => kind === 'window')
      .map(({ fromMs, toMs, words, window }) => ({
        fromMs,
        toMs,
        word: words,
        tone: `window-${window}`,
        title: `window ${words}, ${format.at(fromMs)} to ${format.at(toMs)}`,
      }));
    const picture = svg(
      'svg',
      { width, height: 17, role: 'img', 'aria-label': 'windows of the run' },
      svg('text', { x: 0, y: 12, class: 'track' }, 'window'),
      ...tracks.bars(tracks.scale(width), spans, 0, 16),
    );
    remuster.put(parts.windows, picture);
  }

  function drawCursor() {
    const { cursorMs } = view;
    const isSeen = cursorMs !== null && cursorMs >= view.fromMs && cursorMs <= view.toMs;
    parts.cursor.hidden = !isSeen;
    if (isSeen) parts.cursor.style.left = `${tracks.scale(parts.stage.clientWidth)(cursorMs)}px`;
    parts.range.textContent = `${format.at(view.fromMs)} to ${format.at(view.toMs)} · ${cursorMs === null ? 'nodes as at the end' : `cursor at ${format.at(cursorMs)}`}`;
    for (const chart of drawn) chart.cursor(cursorMs);
    sayKnown();
  }

  function redraw() {
    const environment = time.environment();
    drawMarks(environment);
    drawWindows(environment);
    for (const chart of drawn) chart.redraw();
    sayKnown = lanes.draw(parts.lanes, environment);
    drawCursor();
  }

  /** Dragging over the lanes chooses a piece of time, as it does over the charts. */
  function dragOver(stage) {
    let startPx = null;
    const msOf = (event) => {
      const box = stage.getBoundingClientRect();
      const room = box.width - charts.GUTTER - charts.RIGHT;
      const share = Math.min(1, Math.max(0, (event.clientX - box.left - charts.GUTTER) / room));
      return view.fromMs + share * (view.toMs - view.fromMs);
    };
    parts.lanes.addEventListener('pointerdown', (event) => {
      if (event.pointerType !== 'touch' && event.button === 0) startPx = event.clientX;
    });
    parts.lanes.addEventListener('pointermove', (event) => time.setCursor(msOf(event)));
    parts.lanes.addEventListener('pointerup', (event) => {
      const from = startPx;
      startPx = null;
      if (from === null || Math.abs(from - event.clientX) < 6) return;
      const ends = [msOf({ clientX: from }), msOf(event)].sort((a, b) => a - b);
      time.setRange(ends[0], ends[1]);
    });
    parts.lanes.addEventListener('dblclick', () => time.all());
    stage.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        time.zoom(event.deltaY > 0 ? 1.25 : 0.8);
      },
      { passive: false },
    );
  }

  function build() {
    const environment = time.environment();
    drawn.forEach((chart) => chart.destroy());
    parts.marks = el('div', { class: 'marks' });
    parts.windows = el('div', { class: 'windows' });
    parts.charts = el('div', { class: 'charts' });
    parts.lanes = el('div', { class: 'lanes' });
    parts.cursor = el('div', { class: 'cursor', hidden: true });
    parts.stage = el('div', { class: 'stage' }, parts.cursor, parts.marks, parts.windows, parts.charts, parts.lanes);
    remuster.put(
      section,
      el('h2', {}, `Time line: ${environment.name}`),
      controls(),
      parts.stage,
      el(
        'p',
        { class: 'hint' },
        'Drag over it to zoom, double click for all of it. Purple: a fault was put there. Hatched: does not answer, is down, or failed. ',
        el('b', {}, '▼'),
        ' a fault, ',
        el('b', {}, '✗'),
        ' a finding with its evidence, triangles on the supervisor’s track: it complained.',
      ),
    );
    drawn = charts.draw(parts.charts, environment);
    dragOver(parts.stage);
    redraw();
  }

  time.on('environment', build);
  time.on('range', redraw);
  time.on('cursor', drawCursor);
  time.on('filter', () => {
    sayKnown = lanes.draw(parts.lanes, time.environment());
  });
  remuster.timeline = {
    build,
    step,
    resize() {
      for (const chart of drawn) chart.resize();
      redraw();
    },
  };
}
