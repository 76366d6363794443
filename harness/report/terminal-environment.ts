// What the summary says of an environment that is not a plain pass: the reason in a sentence, the story, the proof,
// the findings, and in what it differs from the environments that passed.
import type { Plan } from '../plan/plan.js';
import type { EnvironmentResult, Finding, RunResult, TimelineEntry } from '../verdict/model.js';
import { toned, type Ink } from './colors.js';
import { differencesOf } from './differences.js';
import { planOf, summaryWords, supervisorWords } from './facts.js';
import { columnsWithin } from './table.js';
import { receiptLines } from './terminal-receipts.js';
import { clean, counted, formatAt, hanging, pad, padStart, widthOf, wrap } from './text.js';

const MAX_TIMELINE = 14;
const MAX_FINDINGS_PER_CHECK = 2;
const MAX_DIFFERENCES = 8;

export function environmentSection(
  environment: EnvironmentResult,
  result: RunResult,
  plans: readonly Plan[],
  width: number,
  ink: Ink,
): string[] {
  const blocks = [
    summaryLines(environment, width, ink),
    storyLines(environment, planOf(plans, environment.name), width, ink),
    receiptLines(environment.receipts, width, ink),
    findingLines(environment.findings, width, ink),
    differenceLines(environment, result, plans, width, ink),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}

function summaryLines(environment: EnvironmentResult, width: number, ink: Ink): string[] {
  const text = `${clean(environment.name)}: ${summaryWords(environment)}`;
  const lines = wrap(text, width).map((line) => ink.bold(line));
  const { cut } = environment;
  if (cut === null) return lines;
  return [
    ...lines,
    ...hanging('  cut short  ', [cut.reason, cut.evidence].map(clean).filter(Boolean).join(': '), width, ink.yellow),
  ];
}

/** The most important lines, in their order: what broke and what was done to it first, then the rest as room allows. */
export function importantEntries(timeline: readonly TimelineEntry[], most: number): readonly TimelineEntry[] {
  if (timeline.length <= most) return timeline;
  const kept = new Set<TimelineEntry>();
  for (const tones of [['bad', 'fault'], ['good'], ['plain']]) {
    const candidates = timeline.filter((entry) => tones.includes(entry.tone));
    const room = most - kept.size;
    // Too many of a kind: the beginning tells how it began, the last ones how it ended.
    const tail = Math.floor(room / 3);
    const chosen =
      candidates.length <= room
        ? candidates
        : [...candidates.slice(0, room - tail), ...(tail > 0 ? candidates.slice(-tail) : [])];
    for (const entry of chosen) kept.add(entry);
  }
  return timeline.filter((entry) => kept.has(entry));
}

function storyLines(environment: EnvironmentResult, plan: Plan | undefined, width: number, ink: Ink): string[] {
  const lines: string[] = [];
  if (environment.smokeGreen !== null) {
    const after = plan?.environment.deployedOver === undefined ? 'smoke check' : 'smoke check after the deployment';
    const colour = environment.smokeGreen ? ink.green : ink.red;
    const words = `${environment.smokeGreen ? 'green' : 'red'}: ${clean(environment.smokeEvidence)}`;
    lines.push(...hanging(`  ${after}   `, words, width, colour));
  }
  const shown = importantEntries(environment.timeline, MAX_TIMELINE);
  const timeWidth = Math.max(0, ...shown.map((entry) => formatAt(entry.atMs).length));
  const nodeWidth = Math.max(0, ...shown.map((entry) => widthOf(entry.node ?? '')));
  for (const entry of shown) {
    const prefix = `  ${padStart(formatAt(entry.atMs), timeWidth)}  ${pad(entry.node ?? '', nodeWidth)}  `;
    const mark = entry.tone === 'fault' ? '> ' : entry.tone === 'bad' ? '! ' : '  ';
    lines.push(...hanging(prefix + mark, clean(entry.text), width, toned(ink, entry.tone)));
  }
  const hidden = environment.timeline.length - shown.length;
  if (hidden > 0) lines.push(ink.dim(`  ${counted(hidden, 'more line')} in summary.md`));
  const say = supervisorWords(environment);
  if (say !== '') lines.push(...hanging('  supervisors say at the end   ', say, width));
  return lines;
}

function findingLines(findings: readonly Finding[], width: number, ink: Ink): string[] {
  const checks = [...new Set(findings.map((finding) => finding.check))];
  const nameWidth = Math.max(0, ...checks.map((check) => widthOf(check)));
  return checks.flatMap((check) => {
    const own = findings.filter((finding) => finding.check === check);
    const shown = own.slice(0, MAX_FINDINGS_PER_CHECK);
    const lines = shown.flatMap((finding, index) => {
      const name = pad(index === 0 ? check : '', nameWidth);
      const paint = finding.severity === 'fail' ? ink.red : ink.yellow;
      return hanging(`  ${name}   `, findingWords(finding), width, paint);
    });
    const more = own.length - shown.length;
    return more === 0 ? lines : [...lines, ink.dim(`  ${pad('', nameWidth)}   and ${more} more`)];
  });
}

/** The message, with node and round in front unless it names the node itself. */
export function findingWords(finding: Finding): string {
  const message = clean(finding.message);
  const about = [
    ...(finding.node !== undefined && !message.includes(finding.node) ? [finding.node] : []),
    ...(finding.claim !== undefined && !message.includes(finding.claim) ? [finding.claim] : []),
  ].join(' ');
  const doubt = finding.severity === 'inconclusive' ? 'inconclusive: ' : '';
  return `${doubt}${about === '' ? '' : `${about}: `}${message}`;
}

function differenceLines(
  environment: EnvironmentResult,
  result: RunResult,
  plans: readonly Plan[],
  width: number,
  ink: Ink,
): string[] {
  if (environment.verdict !== 'fail') return [];
  const passed = result.environments.filter((other) => other.verdict === 'pass').map((other) => other.name);
  const differences = differencesOf(plans, environment.name, passed);
  if (differences.length === 0) return [];
  const rows = differences
    .slice(0, MAX_DIFFERENCES)
    .map(({ key, values }) => [key, ...values.map((each) => `${clean(each.value)} (${clean(each.environment)})`)]);
  const hidden = differences.length - rows.length;
  return [
    ...wrap('what differs from the environments that passed', width).map((line) => ink.bold(line)),
    ...columnsWithin(rows, width, 2),
    ...(hidden > 0 ? [ink.dim(`  and ${hidden} more: remuster plan --explain`)] : []),
  ];
}
