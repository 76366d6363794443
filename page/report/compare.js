// The environments side by side, over the same piece of time and the same axes, and what differs between them.
'use strict';
{
  const { el, view, time, charts, lanes, data, GLYPH } = remuster;
  const section = document.getElementById('compare');
  let drawn = [];
  let redraws = [];

  const slowest = (environment) => Math.max(1, ...environment.latency.maxMs);
  const topOf = (ms) => 10 ** Math.ceil(Math.log10(ms));

  /** The highest rate that is drawn: over whole seconds, as the charts do. */
  function busiest({ load }) {
    const seconds = new Map();
    const wide = Math.max(1000, load.bucketMs);
    load.atMs.forEach((atMs, index) => {
      const slot = Math.floor(atMs / wide);
      seconds.set(slot, (seconds.get(slot) ?? 0) + Math.max(load.offered[index], load.answered[index]));
    });
    return Math.max(1, ...seconds.values()) / (wide / 1000);
  }

  const MOST_DIFFERENCES = 8;
  let room = MOST_DIFFERENCES;

  function differences() {
    const told = data.environments.filter((each) => each.differences.length > 0);
    if (told.length === 0)
      return el('p', { class: 'none' }, 'Nothing that the plans declare differs from an environment that passed.');
    return told.map((environment) => {
      const names = environment.differences[0].values.map((value) => value.environment);
      const shown = environment.differences.slice(0, room);
      return [
        el(
          'div',
          { class: 'wide', tabindex: '0', role: 'region', 'aria-label': `what differs: ${environment.name}` },
          el(
            'table',
            {},
            el(
              'caption',
              {},
              `What differs between ${environment.name} (${environment.verdict}) and those that passed`,
            ),
            el(
              'thead',
              {},
              el(
                'tr',
                {},
                ['setting', ...names].map((name) => el('th', { scope: 'col' }, name)),
              ),
            ),
            el(
              'tbody',
              {},
              shown.map(({ key, values }) => differenceRow(environment, key, values)),
            ),
          ),
        ),
        remuster.moreButton(environment.differences.length - shown.length, () => {
          room = Number.POSITIVE_INFINITY;
          build();
        }),
      ];
    });
  }

  function differenceRow(environment, key, values) {
    const own = values.find((value) => value.environment === environment.name)?.value;
    return el(
      'tr',
      {},
      el('th', { scope: 'row' }, key),
      values.map(({ value }) =>
        el('td', { class: value === own ? '' : 'other' }, value === own ? value : `≠ ${value}`),
      ),
    );
  }

  function build() {
    drawn.forEach((chart) => chart.destroy());
    section.hidden = data.environments.length < 2;
    if (section.hidden) return;
    const columns = data.environments.map((environment) => {
      const plots = el('div', { class: 'charts' });
      const rows = el('div', { class: 'lanes' });
      const column = el(
        'div',
        { class: 'column' },
        el(
          'h3',
          {},
          el(
            'span',
            { class: `word ${environment.verdict}` },
            `${GLYPH[environment.verdict]} ${environment.verdict.toUpperCase()}`,
          ),
          ` ${environment.name}`,
        ),
        el('p', { class: 'hint' }, environment.facts.join(' · ')),
        plots,
        rows,
      );
      return { environment, plots, rows, column };
    });
    remuster.put(
      section,
      el('h2', {}, 'Environments side by side'),
      differences(),
      el(
        'div',
        { class: 'columns' },
        columns.map(({ column }) => column),
      ),
    );
    const mostPerSecond = Math.max(...data.environments.map(busiest));
    const mostMs = topOf(Math.max(...data.environments.map(slowest)));
    drawn = columns.flatMap(({ environment, plots }) =>
      charts.draw(plots, environment, { height: 110, mostPerSecond, mostMs }),
    );
    redraws = columns.map(
      ({ environment, rows }) =>
        () =>
          lanes.draw(rows, environment, { isCompact: true }),
    );
    redraws.forEach((redraw) => redraw());
  }

  let isDue = false;
  /** The columns are below the screen mostly: they follow when there is time. */
  function follow() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      for (const chart of drawn) chart.redraw();
      redraws.forEach((redraw) => redraw());
    });
  }

  time.on('range', follow);
  time.on('cursor', () => {
    for (const chart of drawn) chart.cursor(view.cursorMs);
  });
  remuster.compare = {
    build,
    resize() {
      for (const chart of drawn) chart.resize();
      follow();
    },
  };
}
