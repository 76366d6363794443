// Receipts: a row per restart of a node, a column per claim, each cell a link to its evidence.
'use strict';
{
  const { el, time, format, panel, isWanted, GLYPH, data } = remuster;
  const AT_ONCE = 50;
  const section = document.getElementById('receipts');
  let room = AT_ONCE;

  function cell(environment, receipt, index, claim, position) {
    const [state, , evidence] = receipt.claims[position];
    const words = state.replace('-', ' ');
    return el(
      'td',
      { class: state },
      el(
        'a',
        {
          href: panel.claimLink(environment, index, claim),
          title: `${claim}: ${words}. ${evidence}`,
          'aria-label': `${receipt.title}, ${claim}: ${words}`,
        },
        GLYPH[state],
      ),
    );
  }

  function row(environment, receipt, index) {
    return el(
      'tr',
      {},
      el(
        'th',
        { scope: 'row' },
        el('a', { href: panel.claimLink(environment, index) }, `${receipt.node} #${receipt.restart}`),
      ),
      el('td', { class: 'when' }, receipt.round === null ? '–' : String(receipt.round)),
      el('td', { class: 'when' }, format.at(receipt.startedMs)),
      data.claims.map((claim, position) => cell(environment, receipt, index, claim, position)),
      el('td', { class: 'cause' }, receipt.title.replace(/^.*?\((.*)\)$/, '$1')),
    );
  }

  function draw() {
    const environment = time.environment();
    const wanted = environment.receipts
      .map((receipt, index) => ({ receipt, index }))
      .filter(({ receipt }) =>
        isWanted(
          receipt.node,
          `${receipt.title} ${receipt.claims.map(([state, , evidence]) => `${state} ${evidence}`).join(' ')}`,
          !receipt.isWhole,
        ),
      );
    const shown = wanted.slice(0, room);
    const whole = environment.receipts.filter((receipt) => receipt.isWhole).length;
    remuster.put(
      section,
      el('h2', {}, `Receipts: ${environment.name} (${whole} of ${environment.receipts.length} whole)`),
      environment.receipts.length === 0
        ? el('p', { class: 'none' }, 'No restart, no receipt.')
        : el(
            'div',
            { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'table of receipts' },
            el(
              'table',
              { class: 'receipts' },
              el(
                'thead',
                {},
                el(
                  'tr',
                  {},
                  ['node', 'round', 'began'].map((name) => el('th', { scope: 'col' }, name)),
                  data.claims.map((claim) => el('th', { scope: 'col', class: 'claim' }, el('span', {}, claim))),
                  el('th', { scope: 'col' }, 'cause'),
                ),
              ),
              el(
                'tbody',
                {},
                shown.map(({ receipt, index }) => row(environment, receipt, index)),
              ),
            ),
          ),
      remuster.moreButton(wanted.length - shown.length, () => {
        room += 500;
        draw();
      }),
      el('p', { class: 'hint' }, '✓ held   ✗ broken   ? not observed   – does not apply. A cell opens its evidence.'),
    );
  }

  for (const what of ['environment', 'filter']) {
    time.on(what, () => {
      room = AT_ONCE;
      draw();
    });
  }
  remuster.receipts = {
    draw,
    unfold() {
      room = 10_000;
      draw();
    },
  };
}
