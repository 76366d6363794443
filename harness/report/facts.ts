// Figures that several reports state of an environment, derived in one place from the result and the plan. Pure.
import { formatLatency, formatMs, formatShare } from '../core/units.js';
import { levelWords } from '../plan/load-profile.js';
import type { Plan } from '../plan/plan.js';
import { serviceOf } from '../plan/posts.js';
import type { EnvironmentResult, Receipt, RunResult, SoakResult, Trigger } from '../verdict/model.js';
import { claimOf, isWhole, returnOf } from '../verdict/evidence.js';
import { clean } from './text.js';

export function provedCount(environment: EnvironmentResult): number {
  return environment.receipts.filter(isWhole).length;
}

function isLost(receipt: Receipt): boolean {
  const answers = claimOf(receipt, 'answers');
  // Its process may well run while its supervisor has lost it: then it is broken, and there.
  return (answers.state === 'not-applicable' ? claimOf(receipt, 'settled') : answers).state === 'broken';
}

/** From the fault to the first answer that was followed by more; undefined when the node did not stay back. */
export function backAfterMs(receipt: Receipt): number | undefined {
  const { state, atMs } = returnOf(receipt);
  if (state === 'broken' || state === 'not-observed') return undefined;
  const { firstAnswer, ready } = receipt.waterfallMs;
  return firstAnswer ?? ready ?? (atMs === undefined ? undefined : atMs - receipt.startedMs);
}

/** 'slowest back in 3.4 s', 'never back', '2 of 5 never back'. */
export function slowestWords(environment: EnvironmentResult): string {
  const { receipts } = environment;
  if (receipts.length === 0) return 'no restart';
  const lost = receipts.filter(isLost);
  if (lost.length === receipts.length) return 'never back';
  if (lost.length > 0) return `${lost.length} of ${receipts.length} never back`;
  const times = receipts.map(backAfterMs).filter((ms) => ms !== undefined);
  return times.length === 0 ? 'time to return not seen' : `slowest back in ${formatMs(Math.max(...times))}`;
}

export function restartsWords(environment: EnvironmentResult): string {
  const total = environment.receipts.length;
  return total === 0 ? 'no restarts' : `${provedCount(environment)} of ${total} restarts proved`;
}

export function failedCount(environment: EnvironmentResult): number {
  return Object.values(environment.load.failed).reduce((sum, count) => sum + count, 0);
}

/** Share of the answered and failed requests that failed. */
export function failedWords(environment: EnvironmentResult): string {
  const failed = failedCount(environment);
  const ended = failed + environment.load.answered;
  if (ended === 0) return 'no requests';
  return `${failed === 0 ? '0.00 %' : formatShare(failed / ended)} failed`;
}

/**
 * 'generator 3 ms late at most (p99), 31.0 % of a core': the worst of each that a generator tells of itself; undefined where none
 * handed in its books.
 */
export function generatorWords(environments: readonly EnvironmentResult[]): string | undefined {
  const late = environments.flatMap(({ load }) => (load.lateness === null ? [] : [load.lateness.p99Ms]));
  const cpu = environments.flatMap(({ load }) => (load.cpuShare === null ? [] : [load.cpuShare]));
  if (late.length === 0 || cpu.length === 0) return undefined;
  return `generator ${formatLatency(Math.max(...late))} late at most (p99), ${formatShare(Math.max(...cpu))} of a core`;
}

/** What load engines say beside their books: what they cannot know, or did otherwise than planned. Each once. */
export function generatorNotes(environments: readonly EnvironmentResult[]): readonly string[] {
  return [...new Set(environments.flatMap(({ load }) => load.notes ?? []))];
}

export function hadTotalOutage(environment: EnvironmentResult): boolean {
  return environment.cascade.totalOutageAtMs !== undefined || environment.cascade.outageMs !== undefined;
}

/** 'as expected', 'NOT as expected (...)', or nothing where the scenario states no expectation. */
export function expectationWords(environment: EnvironmentResult): string {
  const { expected, asExpected, verdict, findings } = environment;
  if (expected === null) return '';
  if (asExpected) return 'as expected';
  if (expected.verdict !== verdict) return `NOT as expected (${expected.verdict})`;
  const missing = expected.findings.filter((name) => !findings.some((finding) => finding.check === name));
  return missing.length > 0 ? `NOT as expected (no finding of ${missing.join(', ')})` : 'NOT as expected';
}

/** A plain pass needs no explanation: passed, nothing else expected, whole. */
export function isPlainPass(environment: EnvironmentResult): boolean {
  return (
    environment.verdict === 'pass' && environment.asExpected && !environment.interrupted && environment.cut === null
  );
}

export function triggerWords(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'fault':
      return `fault: ${clean(trigger.fault)}`;
    case 'policy':
      return `policy: ${[trigger.policy, trigger.detail].map(clean).filter(Boolean).join(', ')}`;
    case 'unexplained':
      return `unexplained: ${clean(trigger.detail)}`;
  }
}

/** 'web-1 restart 1 (fault: kill, round 1)'. */
export function receiptTitle(receipt: Receipt): string {
  const round = receipt.round === undefined ? '' : `, round ${receipt.round}`;
  return `${receipt.node} restart ${receipt.restart} (${triggerWords(receipt.trigger)}${round})`;
}

export function planOf(plans: readonly Plan[], environment: string): Plan | undefined {
  return plans.find((plan) => plan.environment.name === environment);
}

/** The most that any environment of the run is loaded with: `60 users`. */
export function peakLoadWords(plans: readonly Plan[]): string | undefined {
  const levels = plans.flatMap((plan) => plan.load.stages.map((stage) => stage.level));
  return plans[0] && levelWords(plans[0].load.model, Math.max(...levels));
}

export function totalDurationMs(result: RunResult): number {
  return result.environments.reduce((sum, environment) => sum + environment.durationMs, 0);
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command that repeats the run, narrowed to one environment when only that one needs a second look. */
export function repeatCommand(result: RunResult): string {
  const notable = result.environments.filter((environment) => !isPlainPass(environment));
  const [only] = notable;
  if (result.soak !== undefined) return soakCommand(result, result.soak);
  const narrowed = only !== undefined && notable.length === 1 ? envFlags([only.name]) : selectionOf(result);
  const load = result.loadFile === undefined ? [] : ['--load', result.loadFile];
  return ['npx', 'remuster', 'run', result.file, ...load, ...narrowed, '--seed', String(result.seed)]
    .map(shellWord)
    .join(' ');
}

function selectionOf({ isSelection, environments }: RunResult): readonly string[] {
  return isSelection ? envFlags(environments.map(({ name }) => name)) : [];
}

function envFlags(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => ['--env', name]);
}

/** The whole soak again: its rounds follow from the seed, and its time is shared by all its environments. */
function soakCommand({ file, seed, isSelection }: RunResult, { forMs, rounds, environments }: SoakResult): string {
  const minutes = Math.round(((forMs ?? 0) * environments.length) / 60_000);
  const extent = rounds === undefined ? ['--for', `${String(minutes)}m`] : ['--rounds', String(rounds)];
  const narrowed = isSelection ? envFlags(environments.map(({ name }) => name)) : [];
  return ['npx', 'remuster', 'soak', file, ...extent, ...narrowed, '--seed', String(seed)].map(shellWord).join(' ');
}

/** What the supervisors said at the end, next to what is true. */
export function supervisorWords(environment: EnvironmentResult): string {
  const words = Object.entries(environment.supervisorsSay);
  const [first] = words;
  if (first === undefined) return '';
  if (words.length > 1 && words.every(([, word]) => word === first[1])) {
    const isOfNodes = words.every(([post]) => serviceOf(post) === undefined);
    return `"${clean(first[1])}" on all ${words.length} ${isOfNodes ? 'nodes' : 'services'}`;
  }
  return words.map(([node, word]) => `${node} "${clean(word)}"`).join(', ');
}

/** The judge's summary without the environment's name in front: every report puts that there itself. */
export function summaryWords(environment: EnvironmentResult): string {
  const summary = clean(environment.summary);
  const head = `${clean(environment.name)}: `;
  return summary.startsWith(head) ? summary.slice(head.length) : summary;
}
