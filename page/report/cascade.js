// Who pulled whom down: the nodes in the order in which they left, with what links each to the one before.
'use strict';
{
  const { el, time, format } = remuster;
  const section = document.getElementById('cascade');
  const RELATION = { hit: 'hit', because: 'because of it', after: 'after it' };

  function draw() {
    const environment = time.environment();
    const { chain, happened, outageAtMs, outageAfter } = environment.cascade;
    section.hidden = !happened && outageAtMs === null;
    if (section.hidden) return remuster.put(section);
    const links = chain.map(({ node, atMs, relation, evidence }, index) => [
      index === 0
        ? null
        : el(
            'li',
            { class: `arrow ${relation}` },
            el('span', { 'aria-hidden': 'true' }, '→'),
            ` ${RELATION[relation]}`,
          ),
      el(
        'li',
        { class: `link ${relation}` },
        el(
          'a',
          { href: `#env=${encodeURIComponent(environment.name)}&t=${(atMs / 1000).toFixed(1)}` },
          el('b', {}, node),
          ` ${format.at(atMs)}`,
        ),
        el('p', {}, evidence),
      ),
    ]);
    remuster.put(
      section,
      el('h2', {}, `Cascade: ${environment.name}`),
      el(
        'ol',
        { class: 'chain' },
        links,
        outageAtMs === null
          ? null
          : [
              el('li', { class: 'arrow' }, el('span', { 'aria-hidden': 'true' }, '→')),
              el(
                'li',
                { class: 'link outage' },
                el('b', {}, '■ TOTAL OUTAGE'),
                el(
                  'p',
                  {},
                  `from ${format.at(outageAtMs)} on${outageAfter === null ? '' : `, ${outageAfter} after the first restart`}`,
                ),
              ),
            ],
      ),
    );
  }

  time.on('environment', draw);
  remuster.cascade = { draw };
}
