// Findings, by check, and the story: both are lists that the filter narrows. Each finding opens its evidence.
'use strict';
{
  const { el, time, format, panel, isWanted, GLYPH, data } = remuster;
  const AT_ONCE = 60;
  const sections = { findings: document.getElementById('findings'), story: document.getElementById('story') };
  const room = { findings: AT_ONCE, story: AT_ONCE };

  /** 'show more' below a list that is longer than what is shown. */
  remuster.moreButton = (left, act) =>
    left <= 0 ? null : el('button', { type: 'button', class: 'more', onclick: act }, `show ${left} more`);

  /** All findings about one restart are one entry: a restart that went wrong breaks several claims at once. */
  function grouped(environment, wanted) {
    const groups = new Map();
    for (const { finding, index } of wanted) {
      const key = finding.receipt === null ? `finding ${index}` : `receipt ${finding.receipt} ${finding.check}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push({ finding, index });
    }
    return [...groups.values()];
  }

  function heading(finding, words, href) {
    return [
      el(
        'a',
        { href },
        el('span', { class: `word ${finding.severity}` }, `${GLYPH[finding.severity]} ${finding.check}`),
        finding.atMs === null ? null : el('time', {}, ` ${format.at(finding.atMs)}`),
      ),
      ` ${words}`,
    ];
  }

  function entry(environment, group) {
    const [{ finding, index }] = group;
    const receipt = environment.receipts[finding.receipt];
    if (receipt === undefined)
      return el('li', {}, heading(finding, finding.message, panel.findingLink(environment, index)));
    const start = { ...finding, atMs: receipt.startedMs };
    return el(
      'li',
      {},
      heading(start, receipt.title, panel.claimLink(environment, finding.receipt)),
      el(
        'ul',
        {},
        group.map((each) => {
          const evidence = receipt.claims[data.claims.indexOf(each.finding.claim)]?.[2] ?? each.finding.message;
          return el(
            'li',
            {},
            el('a', { href: panel.findingLink(environment, each.index) }, each.finding.claim),
            `: ${evidence}`,
          );
        }),
      ),
    );
  }

  function drawFindings() {
    const environment = time.environment();
    const wanted = environment.findings
      .map((finding, index) => ({ finding, index }))
      .filter(({ finding }) => isWanted(finding.node, `${finding.check} ${finding.message}`, true));
    const groups = grouped(environment, wanted);
    const shown = groups.slice(0, room.findings);
    const total = environment.findings.length;
    remuster.put(
      sections.findings,
      el(
        'h2',
        {},
        `Findings: ${environment.name} (${wanted.length === total ? total : `${wanted.length} of ${total}`})`,
      ),
      total === 0 ? el('p', { class: 'none' }, 'None: every check was satisfied.') : null,
      el(
        'ol',
        { class: 'findings' },
        shown.map((group) => entry(environment, group)),
      ),
      remuster.moreButton(groups.length - shown.length, () => {
        room.findings += 500;
        drawFindings();
      }),
    );
  }

  function drawStory() {
    const environment = time.environment();
    const wanted = environment.story.filter((line) =>
      isWanted(line.node, line.text, line.tone === 'bad' || line.tone === 'fault'),
    );
    const shown = wanted.slice(0, room.story);
    const total = environment.story.length;
    remuster.put(
      sections.story,
      el(
        'h2',
        {},
        `Story: ${environment.name} (${wanted.length === total ? total : `${wanted.length} of ${total}`} lines)`,
      ),
      panel.storyList(shown),
      remuster.moreButton(wanted.length - shown.length, () => {
        room.story += 500;
        drawStory();
      }),
      environment.storyLeftOut > 0
        ? el(
            'p',
            { class: 'hint' },
            `${format.count(environment.storyLeftOut)} more lines of supervisors are in the journal.`,
          )
        : '',
    );
  }

  for (const what of ['environment', 'filter']) {
    time.on(what, () => {
      Object.assign(room, { findings: AT_ONCE, story: AT_ONCE });
      drawFindings();
      drawStory();
    });
  }
  remuster.findings = {
    draw() {
      drawFindings();
      drawStory();
    },
    /** For print: all of it. */
    unfold() {
      Object.assign(room, { findings: 10_000, story: 10_000 });
      drawFindings();
      drawStory();
    },
  };
}
