// How long each restart took, step by step, and how the steps are distributed over all restarts of the environment.
'use strict';
{
  const { el, svg, time, format, panel, data, isWanted } = remuster;
  const section = document.getElementById('recovery');
  const AT_ONCE = 25;
  const NAMES = {
    landed: 'fault landed',
    noticed: 'end noticed',
    exec: 'new process',
    bound: 'owns the port',
    ready: 'answers directly',
    balancerUp: 'balancer up',
    firstAnswer: 'serves load',
    shareRestored: 'share restored',
  };
  let room = AT_ONCE;

  const longest = (receipts) => Math.max(1000, ...receipts.flatMap(({ steps }) => steps.filter((ms) => ms !== null)));

  /** The value that a share of the sorted values does not exceed. */
  const quantile = (sorted, share) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];

  function wasLost(receipt) {
    return receipt.claims[data.claims.indexOf('answers')][0] === 'broken';
  }

  /** Bars one after another, each from the step before to this one, by time. */
  function waterfall(receipt, mostMs, width) {
    const seen = data.steps
      .map((step, index) => ({ step, index, ms: receipt.steps[index] }))
      .filter(({ ms }) => ms !== null)
      .sort((a, b) => a.ms - b.ms);
    let before = 0;
    const shapes = seen.flatMap(({ step, index, ms }) => {
      const left = (before / mostMs) * width;
      const wide = Math.max(2, ((ms - before) / mostMs) * width);
      before = ms;
      return [
        svg(
          'rect',
          { x: left, y: 2, width: wide, height: 14, class: `step s${index}` },
          svg('title', {}, `${NAMES[step]}: ${format.ms(ms)}`),
        ),
        wide > 12 ? svg('text', { x: left + 3, y: 13, class: 'letter' }, String(index + 1)) : null,
      ];
    });
    return svg(
      'svg',
      {
        width,
        height: 18,
        role: 'img',
        'aria-label': seen.map(({ step, ms }) => `${NAMES[step]} ${format.ms(ms)}`).join(', ') || 'no step was seen',
      },
      ...shapes.filter(Boolean),
    );
  }

  /** A dot per restart, the median as a line: few dots far to the right are what a mean would hide. */
  function strip(values, mostMs, width) {
    const sorted = [...values].sort((a, b) => a - b);
    const drawn = new Set();
    const dots = sorted.flatMap((ms) => {
      const x = Math.round((ms / mostMs) * (width - 8)) + 4;
      if (drawn.has(x)) return [];
      drawn.add(x);
      return [svg('circle', { cx: x, cy: 9, r: 3.5, class: 'dot' })];
    });
    const middle = (quantile(sorted, 0.5) / mostMs) * (width - 8) + 4;
    return svg(
      'svg',
      { width, height: 18, 'aria-hidden': 'true' },
      ...dots,
      svg('path', { d: `M${middle} 1V17`, class: 'median' }),
    );
  }

  function distribution(receipts, mostMs, width) {
    const rows = data.steps.flatMap((step, index) => {
      const values = receipts.map(({ steps }) => steps[index]).filter((ms) => ms !== null);
      if (values.length === 0) return [];
      const sorted = [...values].sort((a, b) => a - b);
      return [
        el(
          'tr',
          {},
          el(
            'th',
            { scope: 'row' },
            el('i', { class: `swatch s${index}`, 'aria-hidden': 'true' }, String(index + 1)),
            ` ${NAMES[step]}`,
          ),
          el('td', {}, `${values.length} of ${receipts.length}`),
          [0.5, 0.9, 1].map((share) => el('td', {}, format.ms(quantile(sorted, share)))),
          el('td', { class: 'strip' }, strip(values, mostMs, width)),
        ),
      ];
    });
    return el(
      'div',
      { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'distribution of the steps' },
      el(
        'table',
        {},
        el('caption', {}, `After the fault, over ${receipts.length} ${receipts.length === 1 ? 'restart' : 'restarts'}`),
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            ['step', 'seen', 'median', 'p90', 'longest', 'each restart'].map((name) =>
              el('th', { scope: 'col' }, name),
            ),
          ),
        ),
        el('tbody', {}, rows),
      ),
    );
  }

  function draw() {
    const environment = time.environment();
    const { receipts } = environment;
    // The same scale in all environments.
    const mostMs = longest(data.environments.flatMap((each) => each.receipts));
    const wanted = receipts
      .map((receipt, index) => ({ receipt, index }))
      .filter(({ receipt }) => isWanted(receipt.node, receipt.title, !receipt.isWhole));
    const shown = wanted.slice(0, room);
    const width = Math.max(120, Math.min(700, section.clientWidth - (section.clientWidth < 600 ? 30 : 330)));
    remuster.put(
      section,
      el('h2', {}, `Recovery: ${environment.name}`),
      receipts.length === 0
        ? el('p', { class: 'none' }, 'No restart.')
        : [
            distribution(receipts, mostMs, Math.min(260, width)),
            el('h3', {}, `Each restart, from the fault to ${format.ms(mostMs)}`),
          ],
      el(
        'ol',
        { class: 'waterfalls' },
        shown.map(({ receipt, index }) =>
          el(
            'li',
            {},
            el(
              'a',
              { href: panel.claimLink(environment, index) },
              `${receipt.node} #${receipt.restart}, ${format.at(receipt.startedMs)}`,
            ),
            wasLost(receipt)
              ? el('span', { class: 'word fail' }, '✗ did not stay back')
              : el(
                  'span',
                  {},
                  receipt.steps.at(-1) === null ? '' : `whole in ${format.ms(Math.max(...receipt.steps))}`,
                ),
            waterfall(receipt, mostMs, width),
          ),
        ),
      ),
      remuster.moreButton(wanted.length - shown.length, () => {
        room += 500;
        draw();
      }),
    );
    section.hidden = receipts.length === 0;
  }

  for (const what of ['environment', 'filter']) time.on(what, draw);
  remuster.recovery = { draw };
}
