// The job summary: verdict, one table, lanes per node, details folded. GitHub refuses more than 1 MB and strips images,
// so lanes are drawn with characters and details are cut long before that.
import { formatMs } from '../core/units.js';
import type { Plan } from '../plan/plan.js';
import { WATERFALL_STEPS, type EnvironmentResult, type Receipt, type RunResult } from '../verdict/model.js';
import { exitWords } from './exit-words.js';
import {
  expectationWords,
  failedWords,
  generatorNotes,
  generatorWords,
  hadTotalOutage,
  isPlainPass,
  planOf,
  receiptTitle,
  repeatCommand,
  restartsWords,
  slowestWords,
  summaryWords,
  supervisorWords,
} from './facts.js';
import { isWhole } from '../verdict/evidence.js';
import { lanes } from './lanes.js';
import { soakLines } from './soak-words.js';
import { findingWords } from './terminal-environment.js';
import { clean, counted, formatAt } from './text.js';
import { figureTable, limitTable, type Table } from './window-tables.js';

const MAX_BYTES = 900_000;

/** Text of the run inside Markdown and HTML: nothing in it may become markup, a link, a mention or a table cell. */
export function escaped(text: string): string {
  return clean(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]#|~@]/g, (char) => `&#${char.codePointAt(0) ?? 32};`);
}

const MARK = { pass: '✅ pass', fail: '❌ fail', inconclusive: '❔ inconclusive' } as const;

export function renderMarkdown(result: RunResult, plans: readonly Plan[]): string {
  const head = [
    `## ${MARK[result.verdict]}: ${escaped(result.scenario)}`,
    '',
    `Exit ${result.exitCode}: ${escaped(exitWords(result.exitCode))}. Seed ${result.seed}.`,
    '',
    '| environment | verdict | | restarts | recovery | requests | |',
    '|---|---|---|---|---|---|---|',
    ...result.environments.map(tableRow),
    '',
    ...soakLines(result).map(({ head, text }) => `- ${head}: ${escaped(text)}`),
    '',
    ...result.environments
      .filter((environment) => !isPlainPass(environment))
      .flatMap((environment) => [`**${escaped(environment.name)}**: ${escaped(summaryWords(environment))}`, '']),
    ...result.leftBehind.map((what) => `- left behind: ${escaped(what)}`),
    'Repeat it:',
    '',
    ...fenced([repeatCommand(result)]),
    '',
  ].join('\n');
  const sections = result.environments.map((environment) =>
    section(environment, planOf(plans, environment.name)?.nodes ?? []),
  );
  return within(head, sections);
}

/** Whole sections as long as there is room; a section that does not fit says where to look instead. */
function within(head: string, sections: readonly { readonly name: string; readonly text: string }[]): string {
  let text = head;
  for (const section of sections) {
    const fits = Buffer.byteLength(text) + Buffer.byteLength(section.text) < MAX_BYTES;
    text += fits ? section.text : `\nDetails of ${escaped(section.name)} are too long for here: see junit.xml.\n`;
  }
  return text;
}

function tableRow(environment: EnvironmentResult): string {
  const cells = [
    escaped(environment.name),
    MARK[environment.verdict],
    expectationWords(environment),
    restartsWords(environment),
    slowestWords(environment),
    failedWords(environment),
    hadTotalOutage(environment) ? '**TOTAL OUTAGE**' : environment.interrupted ? 'interrupted' : '',
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A fence longer than any run of backticks inside it cannot be closed by its content. */
function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...[...lines.join('\n').matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...lines, fence];
}

function section(environment: EnvironmentResult, nodes: readonly string[]): { name: string; text: string } {
  const lines = ['', `### ${escaped(environment.name)}`, ''];
  if (environment.smokeGreen !== null) {
    lines.push(`Smoke check ${environment.smokeGreen ? 'green' : 'red'}: ${escaped(environment.smokeEvidence)}.`, '');
  }
  const say = supervisorWords(environment);
  if (say !== '') lines.push(`Supervisors say at the end: ${escaped(say)}.`, '');
  const generator = generatorWords([environment]);
  if (generator !== undefined) lines.push(`Load: ${generator}.`, '');
  for (const note of generatorNotes([environment])) lines.push(`Of the load: ${escaped(note)}.`, '');
  const drawn = lanes(environment, nodes);
  if (drawn.length > 0) lines.push(...fenced(drawn), '');
  if (environment.findings.length > 0) {
    lines.push(
      ...environment.findings.map((finding) => `- **${escaped(finding.check)}**: ${escaped(findingWords(finding))}`),
      '',
    );
  }
  if (environment.timeline.length > 0) {
    const story = environment.timeline.map((entry) =>
      [formatAt(entry.atMs).padStart(8), (entry.node ?? '').padEnd(6), clean(entry.text)].join('  '),
    );
    lines.push(...folded(`Time line (${counted(story.length, 'line')})`, fenced(story)));
  }
  if (environment.receipts.length > 0) {
    const whole = environment.receipts.filter(isWhole).length;
    lines.push(...folded(`Receipts (${whole} of ${environment.receipts.length} whole)`, receiptTable(environment)));
  }
  for (const table of [limitTable(environment), figureTable(environment)]) {
    if (table) lines.push(...folded(table.title, tableLines(table)));
  }
  return { name: environment.name, text: lines.join('\n') + '\n' };
}

function folded(title: string, lines: readonly string[]): string[] {
  return [`<details><summary>${escaped(title)}</summary>`, '', ...lines, '', '</details>', ''];
}

function tableLines({ head, rows, more }: Table): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...rows.map((cells) => `| ${cells.map(escaped).join(' | ')} |`),
    ...(more > 0 ? ['', `${counted(more, 'more row')} in verdict.json.`] : []),
  ];
}

function receiptTable(environment: EnvironmentResult): string[] {
  return [
    '| restart | claims held | broken or not observed | recovery |',
    '|---|---|---|---|',
    ...environment.receipts.map((receipt) => `| ${receiptCells(receipt).join(' | ')} |`),
  ];
}

function receiptCells(receipt: Receipt): string[] {
  const held = receipt.claims.filter((claim) => claim.state === 'held').length;
  const owed = receipt.claims.filter((claim) => claim.state !== 'not-applicable').length;
  const trouble = receipt.claims
    .filter((claim) => claim.state === 'broken' || claim.state === 'not-observed')
    .map(
      (claim) => `**${claim.id}** ${claim.state === 'broken' ? 'broken' : 'not observed'}: ${escaped(claim.evidence)}`,
    );
  const steps = WATERFALL_STEPS.flatMap((step) => {
    const ms = receipt.waterfallMs[step];
    return ms === undefined ? [] : [`${step} ${formatMs(ms)}`];
  });
  return [escaped(receiptTitle(receipt)), `${held} of ${owed}`, trouble.join('<br>'), steps.join('<br>')];
}
