// What is looked up rather than read: figures per window, the plan, versions, the files beside this page, the repeat command.
'use strict';
{
  const { el, time, data } = remuster;
  const section = document.getElementById('details');

  function table({ title, head, rows, more }) {
    return el(
      'details',
      {},
      el('summary', {}, title),
      el(
        'div',
        { class: 'wide', tabindex: '0', role: 'region', 'aria-label': title },
        el(
          'table',
          {},
          el(
            'thead',
            {},
            el(
              'tr',
              {},
              head.map((name) => el('th', { scope: 'col' }, name)),
            ),
          ),
          el(
            'tbody',
            {},
            rows.map((row) =>
              el(
                'tr',
                {},
                row.map((cell) => el('td', {}, cell)),
              ),
            ),
          ),
        ),
      ),
      more > 0 ? el('p', { class: 'hint' }, `${more} more rows are in verdict.json.`) : '',
    );
  }

  function file(path) {
    return el('li', {}, el('a', { href: path }, path));
  }

  function draw() {
    const environment = time.environment();
    const versions = Object.entries(environment.versions).map(([name, version]) => `${name} ${version}`);
    remuster.put(
      section,
      el('h2', {}, `More: ${environment.name}`),
      environment.tables.map(table),
      el(
        'details',
        {},
        el('summary', {}, 'Plan: every value resolved'),
        el(
          'pre',
          { tabindex: '0' },
          environment.plan === null ? 'not stored' : JSON.stringify(environment.plan, null, 2),
        ),
      ),
      el('p', {}, el('b', {}, 'Versions: '), versions.length > 0 ? versions.join(' · ') : 'not recorded'),
      data.run.notes.map((note) => el('p', {}, el('b', {}, 'Load: '), note)),
      el('p', {}, el('b', {}, 'Beside this file: ')),
      el(
        'ul',
        { class: 'files' },
        [
          'summary.md',
          'verdict.json',
          'junit.xml',
          `environments/${environment.name}/events.ndjson`,
          `environments/${environment.name}/plan.json`,
        ].map(file),
      ),
      el('p', {}, el('b', {}, 'Again: '), el('code', {}, data.run.again)),
    );
  }

  time.on('environment', draw);
  remuster.details = {
    draw,
    unfold: () => section.querySelectorAll('details').forEach((each) => (each.open = true)),
  };
}
