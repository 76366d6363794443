// Findings, by check, and the story: both are lists that the filter narrows. Each finding opens its evidence.
'use strict';
{
  const { el, time, format, panel, isWanted, GLYPH } = remuster;
  const AT_ONCE = 60;
  const sections = { findings: document.getElementById('findings'), story: document.getElementById('story') };
  const room = { findings: AT_ONCE, story: AT_ONCE };

  /** 'show more' below a list that is longer than what is shown. */
  remuster.moreButton = (left, act) =>
    left <= 0 ? null : el('button', { type: 'button', class: 'more', onclick: act }, `show ${left} more`);

  function drawFindings() {
    const environment = time.environment();
    const wanted = environment.findings
      .map((finding, index) => ({ finding, index }))
      .filter(({ finding }) => isWanted(finding.node, `${finding.check} ${finding.message}`, true));
    const shown = wanted.slice(0, room.findings);
    const total = environment.findings.length;
    sections.findings.replaceChildren(
      el(
        'h2',
        {},
        `Findings: ${environment.name} (${wanted.length === total ? total : `${wanted.length} of ${total}`})`,
      ),
      total === 0 ? el('p', { class: 'none' }, 'None: every check was satisfied.') : '',
      el(
        'ol',
        { class: 'findings' },
        shown.map(({ finding, index }) =>
          el(
            'li',
            { class: finding.severity },
            el(
              'a',
              { href: panel.findingLink(environment, index) },
              el('span', { class: `word ${finding.severity}` }, `${GLYPH[finding.severity]} ${finding.check}`),
              finding.atMs === null ? '' : el('time', {}, ` ${format.at(finding.atMs)} `),
            ),
            el('span', {}, ` ${finding.message}`),
          ),
        ),
      ),
      remuster.moreButton(wanted.length - shown.length, () => {
        room.findings += 500;
        drawFindings();
      }) ?? '',
    );
  }

  function drawStory() {
    const environment = time.environment();
    const wanted = environment.story.filter((line) =>
      isWanted(line.node, line.text, line.tone === 'bad' || line.tone === 'fault'),
    );
    const shown = wanted.slice(0, room.story);
    const total = environment.story.length;
    sections.story.replaceChildren(
      el(
        'h2',
        {},
        `Story: ${environment.name} (${wanted.length === total ? total : `${wanted.length} of ${total}`} lines)`,
      ),
      panel.storyList(shown),
      remuster.moreButton(wanted.length - shown.length, () => {
        room.story += 500;
        drawStory();
      }) ?? '',
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
