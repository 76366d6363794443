// The judge: plan and journal in, verdict out. Pure: the same journal gives the same bytes, today and in a year.
import { EXIT, EXIT_PRECEDENCE, messageOf, type ExitCode } from '../core/errors.js';
import type { Plan, VerdictWord } from '../plan/plan.js';
import type { CutEvent, JournalEvent, SmokeEvent } from '../record/events.js';
import { postsOf } from '../plan/posts.js';
import type { RunMeta } from '../record/store.js';
import { CascadeWatch } from './cascade.js';
import { checks } from './checks/index.js';
import { doubt, oneLine, type Evidence } from './evidence.js';
import { DriftWatch } from './drift/drift.js';
import { SelfWatch } from './drift/self.js';
import { judgeLimits, limitResult } from './limits/judge-limits.js';
import { LoadBooks } from './load-books.js';
import type { EnvironmentResult, Finding, Receipt, RunResult } from './model.js';
import { tenth } from './receipts/closing.js';
import { Outages } from './outages.js';
import { ReceiptTracker } from './receipts/tracker.js';
import { Story } from './story.js';
import { summaryOf } from './summary.js';
import { Windows } from './windows.js';

/**
 * Judges one environment. Reads the journal once, event by event. `isPart`: what is handed over ends early on purpose, with
 * nothing at work any more; its end says nothing.
 */
export async function judgeEnvironment(
  plan: Plan,
  events: AsyncIterable<JournalEvent> | Iterable<JournalEvent>,
  isPart = false,
): Promise<EnvironmentResult> {
  const tracker = new ReceiptTracker(plan);
  const cascadeWatch = new CascadeWatch(plan, tracker);
  const windows = new Windows(plan, tracker);
  const story = new Story(plan, tracker);
  const load = new LoadBooks();
  const outages = new Outages(tracker);
  const soaked = plan.segment === undefined ? undefined : { drift: new DriftWatch(plan), self: new SelfWatch() };
  const inquiries = Object.values(checks).map((check) => new Inquiry(plan, check));
  const smokes: SmokeEvent[] = [];
  let cut: CutEvent | undefined;
  let durationMs = 0;
  let faultsSent = 0;
  let isWhole = false;
  for await (const event of events) {
    tracker.step(event);
    cascadeWatch.step(event);
    windows.step(event);
    story.step(event);
    load.step(event);
    outages.step(event);
    soaked?.drift.step(event);
    soaked?.self.step(event);
    for (const inquiry of inquiries) inquiry.step(event);
    durationMs = Math.max(durationMs, event.atMs);
    if (event.kind === 'smoke') smokes.push(event);
    if (event.kind === 'cut') cut ??= event;
    if (event.kind === 'fault' && event.state === 'sent') faultsSent += 1;
    if (event.kind === 'end') isWhole = true;
  }
  tracker.finish();
  if (!isWhole) {
    const evidence = 'its last lines were not written (a full disk, or a run that was killed)';
    cut ??= { kind: 'cut', atMs: durationMs, reason: 'breaks-off', evidence };
  }
  const receipts = withoutMissingLines([...tracker.closed()].sort(byTime), load.missingLines());
  const { growth, ...cascade } = cascadeWatch.finish();
  const counted = windows.finish();
  const drift = soaked?.drift.finish(receipts, counted);
  const evidence: Evidence = {
    plan,
    receipts,
    windows: counted,
    cascade,
    dark: cascadeWatch.darkness.longest,
    deaths: tracker.deaths.unexplained,
    deathsNotKept: tracker.deaths.notKept,
    loadStartMs: tracker.loadStartMs,
    cut,
    drift: drift ?? [],
    missingLines: load.missingLines(),
  };
  const limits = judgeLimits(plan, evidence.windows).map(limitResult);
  const made = inquiries.flatMap((inquiry) => inquiry.finish(evidence));
  const found = [...made, ...nothingWasDone(evidence, made, isPart)];
  const notSteady = found.find((finding) => finding.check === 'steady-state');
  const wasHurt = faultsSent > 0 || receipts.length > 0;
  const findings = notSteady && !wasHurt ? found.map(asSickness) : found;
  const end: EnvironmentResult['cut'] = isPart
    ? null
    : cut
      ? { reason: cut.reason, evidence: oneLine(cut.evidence) }
      : // A tier that has failed already was judged; it is not merely sick.
        faultsSent === 0 && notSteady && !findings.some((finding) => finding.severity === 'fail')
        ? { reason: 'not-steady', evidence: notSteady.message }
        : null;
  const verdict = verdictOf(findings, end !== null);
  const expected = plan.environment.expect ?? null;
  const told = { plan, verdict, cut: end, receipts, findings, cascade, growth, load: load.result() };
  return {
    name: plan.environment.name,
    verdict,
    expected,
    asExpected: isAsExpected(plan, verdict, findings, end),
    interrupted: end?.reason === 'interrupted' || end?.reason === 'terminated',
    summary: summaryOf({ ...told, loadStartMs: tracker.loadStartMs ?? 0, taleOf: (node) => story.taleOf(node) }),
    ...smokeOf(smokes),
    findings,
    receipts,
    windows: evidence.windows,
    ...(limits.length > 0 ? { limits } : {}),
    ...(soaked && drift ? { drift, self: soaked.self.finish() } : {}),
    load: told.load,
    outages: outages.finish(),
    cascade,
    timeline: story.finish(cascade),
    supervisorsSay: Object.fromEntries(
      postsOf(plan).flatMap(({ name }) => {
        const word = story.taleOf(name)?.supervisorWord;
        return word === undefined ? [] : [[name, word]];
      }),
    ),
    cut: end,
    durationMs: tenth(durationMs),
  };
}

/** A check at work. One that throws cannot be trusted either way: inconclusive. */
class Inquiry {
  readonly #check: (typeof checks)[string];
  #state: unknown;
  #thrown: string | undefined;

  constructor(plan: Plan, check: (typeof checks)[string]) {
    this.#check = check;
    this.#guarded(() => (this.#state = check.init(plan)));
  }

  step(event: JournalEvent): void {
    if (this.#thrown === undefined) this.#guarded(() => (this.#state = this.#check.step(this.#state, event)));
  }

  finish(evidence: Evidence): readonly Finding[] {
    let findings: readonly Finding[] = [];
    if (this.#thrown === undefined) this.#guarded(() => (findings = this.#check.finish(this.#state, evidence)));
    if (this.#thrown === undefined) return findings;
    return [...findings, doubt(this.#check.name, `This check could not be made: ${this.#thrown}.`)];
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#thrown = messageOf(error);
    }
  }
}

/** A run that ended at its muster while every check was content with it: whoever was wrong, nothing was proved. */
function nothingWasDone({ plan, loadStartMs, cut }: Evidence, made: readonly Finding[], isPart: boolean): Finding[] {
  if (isPart || cut || loadStartMs !== undefined || plan.rounds.length === 0 || made.length > 0) return [];
  return [doubt('faults-landed', 'No round was played: the run ended after the muster, and no check says why.')];
}

/** What a tier cannot serve before anything was done to it says nothing of restarts: it is sick, it has not failed. */
function asSickness(finding: Finding): Finding {
  return finding.check === 'budgets' || finding.check === 'no-cascade'
    ? { ...finding, severity: 'inconclusive' }
    : finding;
}

function byTime(a: Receipt, b: Receipt): number {
  return a.startedMs - b.startedMs || (a.node < b.node ? -1 : 1);
}

/** With lines of the balancer missing, what was counted in them is not known; what was seen was seen. */
function withoutMissingLines(receipts: readonly Receipt[], missing: number): readonly Receipt[] {
  if (missing === 0) return receipts;
  return receipts.map((receipt) => ({
    ...receipt,
    claims: receipt.claims.map((claim) => {
      const isCounted =
        (claim.id === 'share-restored' && claim.state !== 'not-applicable') ||
        (claim.id === 'serves-load' && claim.state === 'broken');
      if (!isCounted) return claim;
      const evidence = `${missing} lines of the balancer's log are missing (${claim.evidence})`;
      return { id: claim.id, state: 'not-observed' as const, evidence };
    }),
  }));
}

function isAsExpected(
  { environment: { expect } }: Plan,
  verdict: VerdictWord,
  findings: readonly Finding[],
  cut: EnvironmentResult['cut'],
): boolean {
  const expected = expect?.findings ?? [];
  return (
    cut === null &&
    verdict === (expect?.verdict ?? 'pass') &&
    expected.every((name) => findings.some((finding) => finding.check === name))
  );
}

/** The same environment with what was found out about it from elsewhere. */
export function withFindings(plan: Plan, result: EnvironmentResult, more: readonly Finding[]): EnvironmentResult {
  if (more.length === 0) return result;
  const findings = [...result.findings, ...more];
  const verdict = verdictOf(findings, result.cut !== null);
  const asExpected = isAsExpected(plan, verdict, findings, result.cut);
  const said = result.verdict === 'pass' ? '' : `${result.summary} `;
  return { ...result, verdict, findings, asExpected, summary: said + more.map(({ message }) => message).join(' ') };
}

function verdictOf(findings: readonly Finding[], wasCut: boolean): VerdictWord {
  if (findings.some((finding) => finding.severity === 'fail')) return 'fail';
  return wasCut || findings.length > 0 ? 'inconclusive' : 'pass';
}

function smokeOf(smokes: readonly SmokeEvent[]): Pick<EnvironmentResult, 'smokeGreen' | 'smokeEvidence'> {
  if (smokes.length === 0) return { smokeGreen: null, smokeEvidence: '' };
  const bad = smokes.filter((smoke) => !smoke.ok);
  const words = [...new Set(smokes.filter((smoke) => smoke.ok).map((smoke) => smoke.evidence))].join(', ');
  return bad.length === 0
    ? { smokeGreen: true, smokeEvidence: `${smokes.length} of ${smokes.length} nodes ${words}` }
    : { smokeGreen: false, smokeEvidence: bad.map(({ node, evidence }) => `${node}: ${evidence}`).join('; ') };
}

/** All exit codes that apply to an environment. */
function exitCodesOf({ cut, asExpected, verdict, findings }: EnvironmentResult): readonly ExitCode[] {
  const codes: ExitCode[] = [];
  switch (cut?.reason) {
    case 'interrupted':
      codes.push(EXIT.interrupted);
      break;
    case 'terminated':
      codes.push(EXIT.terminated);
      break;
    case 'boot-failed':
      codes.push(EXIT.bootFailed);
      break;
    case 'max-time':
      codes.push(EXIT.timedOut);
      break;
    case 'breaks-off':
      codes.push(EXIT.inconclusive);
      break;
    case 'not-steady':
      codes.push(EXIT.notSteady);
      break;
    case 'error':
      // A generator that died is a load that was not as planned, no defect of the program.
      codes.push(findings.some((finding) => finding.check === 'load-was-real') ? EXIT.inconclusive : EXIT.internal);
      break;
    default:
      break;
  }
  if (!asExpected) codes.push(verdict === 'inconclusive' ? EXIT.inconclusive : EXIT.fail);
  return codes;
}

/** Judges the run from its environments: pass when every one of them ended as the scenario expects. */
export function judgeRun(meta: RunMeta, environments: readonly EnvironmentResult[]): RunResult {
  const codes = environments.flatMap(exitCodesOf);
  // Interrupted before the first environment had begun, or not whole on disk: nobody can say that it passed.
  if (environments.length < Math.max(1, meta.environments.length)) codes.push(EXIT.interrupted);
  if (meta.unwritable !== null) codes.push(EXIT.inconclusive);
  if (meta.leftBehind.length > 0) codes.push(EXIT.leftBehind);
  const exitCode = EXIT_PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.pass;
  const isPass = exitCode === EXIT.pass || exitCode === EXIT.leftBehind;
  const hasFailed = environments.some(
    (environment) => !environment.asExpected && environment.verdict !== 'inconclusive',
  );
  return {
    schemaVersion: 1,
    runId: meta.runId,
    scenario: meta.scenario,
    file: meta.file,
    ...(meta.loadFile === undefined ? {} : { loadFile: meta.loadFile }),
    ...(meta.isSelection ? { isSelection: true } : {}),
    seed: meta.seed,
    verdict: isPass ? 'pass' : hasFailed ? 'fail' : 'inconclusive',
    exitCode,
    environments,
    artifacts: [],
    leftBehind: meta.leftBehind,
  };
}
