// The evidence of a finding, a claim or a restart: what was found, what was seen of the node around that moment, and where
// it stands in the journal. Opened by a link of its own, so that it can be sent to somebody else.
'use strict';
{
  const { el, time, view, format, GLYPH } = remuster;
  const AROUND_MS = 10_000;
  const MOST_LINES = 40;
  const host = document.getElementById('panel');
  let opener = null;
  let shown = null;

  const link = (environment, what) => `#env=${encodeURIComponent(environment.name)}&${what}`;
  const findingLink = (environment, index) => link(environment, `finding=${index + 1}`);
  const claimLink = (environment, receipt, claim) =>
    link(environment, `receipt=${receipt + 1}${claim === undefined ? '' : `&claim=${claim}`}`);

  function linesAround(environment, node, atMs) {
    const near = environment.story.filter(
      (line) => Math.abs(line.atMs - atMs) <= AROUND_MS && (line.node === null || node === null || line.node === node),
    );
    return near.slice(0, MOST_LINES);
  }

  function storyList(lines) {
    return el(
      'ol',
      { class: 'lines' },
      lines.map((line) =>
        el(
          'li',
          { class: line.tone },
          el('time', {}, format.at(line.atMs)),
          el('b', {}, line.node ?? ''),
          el('span', {}, `${GLYPH[line.tone]} `, line.source === 'said' ? el('q', {}, line.text) : line.text),
        ),
      ),
    );
  }

  function close() {
    if (shown === null) return;
    shown = null;
    remuster.put(host);
    if (location.hash.includes('env=')) history.replaceState(null, '', '#timeline');
    opener?.focus?.();
    opener = null;
  }

  function show(environment, { title, sub, body, node, atMs }) {
    const around = atMs === null ? [] : linesAround(environment, node, atMs);
    const toTimeline = el('button', { type: 'button' }, 'show on the time line');
    toTimeline.addEventListener('click', () => {
      time.around(atMs);
      time.setCursor(atMs);
      const lanes = [...document.querySelectorAll('#timeline .lane')];
      (lanes.find((lane) => lane.dataset.node === node) ?? document.getElementById('timeline')).scrollIntoView();
    });
    const closing = el('button', { type: 'button', class: 'close', 'aria-label': 'close' }, '✕');
    closing.addEventListener('click', close);
    const heading = el('h2', { tabindex: '-1', id: 'panel-title' }, title);
    remuster.put(
      host,
      el(
        'div',
        { class: 'panel', role: 'dialog', 'aria-labelledby': 'panel-title' },
        el('div', { class: 'panel-head' }, heading, atMs === null ? null : toTimeline, closing),
        el('p', { class: 'sub' }, sub),
        el(
          'div',
          { class: 'panel-body', tabindex: '0', role: 'region', 'aria-label': 'evidence' },
          body,
          around.length === 0
            ? null
            : [el('h3', {}, `Seen ${node === null ? '' : `of ${node} `}within 10 s of it`), storyList(around)],
          atMs === null
            ? null
            : el(
                'p',
                { class: 'where' },
                'In the journal: ',
                el('code', {}, `environments/${environment.name}/events.ndjson`),
                `, atMs about ${format.count(atMs + environment.journalZeroMs)}.`,
              ),
        ),
      ),
    );
    shown = environment;
    if (atMs !== null) {
      time.setCursor(atMs);
      if (atMs < view.fromMs || atMs > view.toMs) time.around(atMs);
    }
    heading.focus({ preventScroll: true });
  }

  function showFinding(environment, index) {
    const finding = environment.findings[index];
    if (finding === undefined) return;
    const receipt = finding.receipt === null ? undefined : environment.receipts[finding.receipt];
    show(environment, {
      title: `${GLYPH[finding.severity]} ${finding.check}`,
      sub: `${environment.name}${finding.node === null ? '' : `, ${finding.node}`}${finding.atMs === null ? '' : `, ${format.at(finding.atMs)}`}`,
      body: [el('p', {}, finding.message), receipt ? receiptBody(environment, receipt, finding.claim) : null],
      node: finding.node,
      atMs: finding.atMs,
    });
  }

  function receiptBody(environment, receipt, chosen) {
    const { claims, steps } = remuster.data;
    return [
      el(
        'ul',
        { class: 'claims' },
        claims.map((id, index) => {
          const [state, atMs, evidence, reason] = receipt.claims[index];
          return el(
            'li',
            { class: `${state}${id === chosen ? ' chosen' : ''}` },
            el('b', {}, `${GLYPH[state]} ${id}`),
            ` ${state.replace('-', ' ')}${atMs === null ? '' : ` since ${format.at(atMs)}`}: ${evidence}`,
            reason === undefined ? null : ` (${reason})`,
          );
        }),
      ),
      el(
        'p',
        {},
        'Recovery: ',
        steps
          .flatMap((step, index) =>
            receipt.steps[index] === null ? [] : [`${step} ${format.ms(receipt.steps[index])}`],
          )
          .join(' → ') || 'no step was seen',
      ),
    ];
  }

  /** A broken claim has no time of its own; its finding has the moment. */
  const momentOf = (environment, receipt, claim) =>
    environment.findings.find((finding) => finding.receipt === receipt && finding.claim === claim)?.atMs;

  function showReceipt(environment, index, claim) {
    const receipt = environment.receipts[index];
    if (receipt === undefined) return;
    const state = claim === undefined ? undefined : receipt.claims[remuster.data.claims.indexOf(claim)];
    show(environment, {
      title: claim === undefined ? receipt.title : `${GLYPH[state?.[0]] ?? ''} ${claim}`,
      sub: `${environment.name}, ${receipt.title}, began ${format.at(receipt.startedMs)}, judged ${format.at(receipt.judgedMs)}${receipt.closedEarly ? ' (closed early)' : ''}`,
      body: [state ? el('p', { class: 'evidence' }, state[2]) : null, receiptBody(environment, receipt, claim)],
      node: receipt.node,
      atMs: state?.[1] ?? momentOf(environment, index, claim) ?? receipt.startedMs,
    });
  }

  /** Does what the address says: `#env=production&finding=2`, `&receipt=1&claim=answers`, `&t=41.2`. */
  function follow() {
    if (!location.hash.includes('env=')) return;
    const said = new URLSearchParams(location.hash.slice(1));
    const index = remuster.data.environments.findIndex(({ name }) => name === said.get('env'));
    if (index === -1) return;
    time.setEnvironment(index);
    const environment = remuster.data.environments[index];
    if (said.has('finding')) showFinding(environment, Number(said.get('finding')) - 1);
    else if (said.has('receipt'))
      showReceipt(environment, Number(said.get('receipt')) - 1, said.get('claim') ?? undefined);
    else if (said.has('t')) {
      time.around(Number(said.get('t')) * 1000);
      time.setCursor(Number(said.get('t')) * 1000);
    }
  }

  window.addEventListener('hashchange', follow);
  // The same link again changes no address, and must open again all the same.
  document.addEventListener('click', (event) => {
    const anchor = event.target.closest?.('a[href^="#env="]');
    if (!anchor) return;
    event.preventDefault();
    opener = anchor;
    history.replaceState(null, '', anchor.getAttribute('href'));
    follow();
  });

  remuster.panel = { follow, close, isOpen: () => shown !== null, findingLink, claimLink, storyList };
}
