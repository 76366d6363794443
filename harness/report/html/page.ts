// The page as one text: the verdict and why as plain HTML, so that it is there before any script runs and without one; the
// data as JSON; style and script inline. A policy in the page itself forbids it to fetch anything and to run any other script.
import { createHash } from 'node:crypto';
import { pageAssets } from './assets.js';
import type { EnvironmentData, ReportData } from './data.js';
import { escaped, scriptJson } from './escape.js';

const GLYPH = { pass: '✓', fail: '✗', inconclusive: '?' } as const;
const SECTIONS = ['timeline', 'findings', 'receipts', 'recovery', 'cascade', 'compare', 'story', 'details'];

/** The whole file; the same data gives the same bytes. */
export function renderHtml(data: ReportData): string {
  const { style, script } = pageAssets();
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${hash}'`;
  const word = data.live ? 'RUNNING' : data.run.verdict.toUpperCase();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${word}: ${escaped(data.run.scenario)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#timeline">skip to the time line</a>
${verdictHtml(data)}
<noscript><p class="page">The charts need JavaScript. The verdict above and summary.md, beside this file, do not.</p></noscript>
<div id="toolbar"></div>
<main id="main" class="page">
${SECTIONS.map((id) => `<section id="${id}" tabindex="-1"></section>`).join('\n')}
</main>
<div id="panel"></div>
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function verdictHtml({ live, run, environments }: ReportData): string {
  const state = live ? 'live' : run.verdict;
  const words = live ? 'still running; judged so far' : run.exitWords;
  return `<header class="page verdict ${state}">
<p class="run"><b>${escaped(run.scenario)}</b> <span>${escaped(run.headline)}</span> <span class="id">${escaped(run.id)}</span></p>
<h1><span class="word ${state}"><span aria-hidden="true">${live ? '…' : GLYPH[run.verdict]}</span> ${live ? 'RUNNING' : run.verdict.toUpperCase()}</span> <span class="exit">${live ? '' : `exit ${run.exitCode}: `}${escaped(words)}</span></h1>
<ul class="environments">
${environments.map(environmentHtml).join('\n')}
</ul>
${soakHtml(run)}
${run.leftBehind.map((what) => `<p class="left">left behind: ${escaped(what)} (remuster clean removes it)</p>`).join('\n')}
<p class="again"><span>again</span> <code id="again">${escaped(run.again)}</code></p>
</header>`;
}

function soakHtml({ soak }: ReportData['run']): string {
  if (soak.length === 0) return '';
  const lines = soak.map(
    ({ head, text, isBad }) =>
      `<li class="${isBad ? 'bad' : 'plain'}"><b>${escaped(head)}</b> ${isBad ? '<span aria-hidden="true">✗</span> ' : ''}${escaped(text)}</li>`,
  );
  return `<ul class="soak">\n${lines.join('\n')}\n</ul>`;
}

function environmentHtml(environment: EnvironmentData): string {
  const { name, verdict, expectation, asExpected, facts, reason, more, cut, smoke, isPlainPass, hadTotalOutage } =
    environment;
  const told = isPlainPass
    ? []
    : [
        `<p class="reason"><strong>${escaped(reason)}</strong>${more === '' ? '' : ` ${escaped(more)}`}</p>`,
        ...(cut === null ? [] : [`<p class="cut">cut short: ${escaped(cut)}</p>`]),
        ...(smoke === null
          ? []
          : [
              `<p class="others">What other checks would have said: smoke check <b>${smoke.green ? 'green' : 'red'}</b> (${escaped(smoke.evidence)})${environment.supervisorsSay === '' ? '' : `; supervisors say at the end: ${escaped(environment.supervisorsSay)}`}.</p>`,
            ]),
      ];
  return `<li class="environment ${verdict}">
<p class="line"><span class="word ${verdict}"><span aria-hidden="true">${GLYPH[verdict]}</span> ${verdict.toUpperCase()}</span> <b>${escaped(name)}</b>${expectation === '' ? '' : ` <span class="${asExpected ? 'expected' : 'unexpected'}">${escaped(expectation)}</span>`} ${facts.map((fact) => `<span class="fact">${escaped(fact)}</span>`).join(' ')}${hadTotalOutage ? ' <span class="outage">TOTAL OUTAGE</span>' : ''}</p>
${told.join('\n')}
</li>`;
}
