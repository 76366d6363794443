// The verdict and its reason in a few sentences, for whoever is on call.
import { formatMs, formatShare } from '../core/units.js';
import type { Plan } from '../plan/plan.js';
import { planAt, serviceOf } from '../plan/posts.js';
import { claimOf, hasBroken, isWhole, recoveredAtMs } from './evidence.js';
import type { Cascade, ClaimId, EnvironmentResult, Finding, Receipt } from './model.js';
import type { NodeTale } from './story.js';

export interface Told {
  readonly plan: Plan;
  readonly verdict: EnvironmentResult['verdict'];
  readonly cut: EnvironmentResult['cut'];
  readonly receipts: readonly Receipt[];
  readonly findings: readonly Finding[];
  readonly cascade: Cascade;
  /** How much more load the first that followed carried: 0.33. */
  readonly growth: number;
  readonly load: EnvironmentResult['load'];
  readonly loadStartMs: number;
  readonly taleOf: (node: string) => NodeTale | undefined;
}

export function summaryOf(told: Told): string {
  const { plan, verdict, cut } = told;
  const head = `${plan.environment.name}: ${verdict.toUpperCase()}.`;
  const sentences = [cut === null ? undefined : cutWords(cut), ...reasons(told)].filter((text) => text !== undefined);
  return [head, ...sentences].join(' ');
}

function cutWords({ reason, evidence }: NonNullable<EnvironmentResult['cut']>): string {
  const words: Readonly<Record<string, string>> = {
    interrupted: 'Interrupted',
    terminated: 'Terminated',
    'max-time': 'The time was over',
    'boot-failed': 'The tier did not boot',
    'not-steady': 'There was no steady state before the first fault',
    'breaks-off': 'The journal breaks off',
    error: 'It could not go on',
  };
  return `${words[reason] ?? reason}: ${evidence.replace(/\.$/, '')}.`;
}

function reasons(told: Told): readonly string[] {
  const { verdict, receipts, findings, cascade } = told;
  if (verdict === 'pass') return [passWords(told)];
  const broken =
    receipts.find((receipt) => receipt.trigger.kind === 'fault' && hasBroken(receipt)) ?? receipts.find(hasBroken);
  const sentences = broken ? [brokenWords(broken, told)] : [];
  if (cascade.chain.some((link) => link.relation !== 'hit' && link.node !== broken?.node)) {
    sentences.push(followedWords(told, broken?.node));
  }
  if (cascade.totalOutageAtMs !== undefined) {
    const since =
      cascade.outageMs === undefined ? '' : ` ${Math.round(cascade.outageMs / 1000)} s after the first restart`;
    sentences.push(`Total outage${since}.`);
  }
  if (sentences.length > 0) return sentences;
  const severity = verdict === 'fail' ? 'fail' : 'inconclusive';
  // A cut that is told already needs no second telling.
  const own = findings.filter((finding) => finding.severity === severity && !tellsOf(finding, told.cut));
  const checks = new Set<string>();
  const first = own.filter((finding) => !checks.has(finding.check) && checks.add(finding.check));
  return first.slice(0, 3).map((finding) => finding.message);
}

function passWords({ receipts, load }: Told): string {
  const failed = Object.values(load.failed).reduce((sum, count) => sum + count, 0);
  const ended = failed + load.answered;
  const share =
    ended === 0
      ? 'no requests'
      : failed === 0
        ? 'no request failed'
        : `${formatShare(failed / ended)} of the requests failed`;
  if (receipts.length === 0) return `No restart; ${share}.`;
  const slowest = Math.max(
    ...receipts.map((receipt) => (recoveredAtMs(receipt) ?? receipt.judgedMs) - receipt.startedMs),
  );
  const proved = receipts.filter(isWhole).length;
  return `${proved} of ${receipts.length} restarts proved, the slowest back in service after ${formatMs(slowest)}; ${share}.`;
}

function tellsOf({ message }: Finding, cut: Told['cut']): boolean {
  return (
    cut !== null && (cut.evidence.includes(message.replace(/\.$/, '')) || message.includes(cut.evidence.slice(0, 60)))
  );
}

/** "web-1 was restarted by bluepill (memory 228 of 213 MiB) and has not answered since 31.2 s, though ..." */
function brokenWords(receipt: Receipt, told: Told): string {
  const tale = told.taleOf(receipt.node);
  const supervisor = supervisorOf(receipt, told);
  const said = tale?.configuration === undefined ? '' : `; ${supervisor}: "${tale.configuration}"`;
  return `${receipt.node} ${wasRestarted(receipt, told)} ${outcomeWords(receipt, told)}${said}.`;
}

function supervisorOf({ node }: Receipt, { plan }: Told): string {
  return planAt(plan, serviceOf(node)).environment.node.supervisor.kind;
}

function wasRestarted(receipt: Receipt, told: Told): string {
  const { trigger, path, node, startedMs } = receipt;
  const { taleOf } = told;
  const supervisor = supervisorOf(receipt, told);
  const when = `at ${formatMs(startedMs)}`;
  switch (trigger.kind) {
    case 'policy':
      return `was restarted by ${supervisor} ${when} (${trigger.policy} ${trigger.detail})`;
    case 'unexplained':
      return `lost its ${path.subject} ${when} for no known reason`;
    case 'fault': {
      const detail = taleOf(node)?.policyDetail;
      if (path.name === 'policy-restart')
        return `was restarted by ${supervisor}${detail === undefined ? '' : ` (${detail})`}`;
      if (trigger.fault === 'restart-command' || path.name === 'restart-command')
        return `was restarted through ${supervisor} ${when}`;
      if (trigger.fault === 'kill') return `had its ${path.subject} killed ${when}`;
      return `was hit by ${trigger.fault} ${when}`;
    }
  }
}

/** The claims that say most, first. */
const TELLING: readonly ClaimId[] = [
  'answers',
  'new-there',
  'supervised',
  'same-service',
  'settled',
  'owns-socket',
  'old-gone',
  'balancer-up',
  'serves-load',
  'share-restored',
];

function outcomeWords(receipt: Receipt, told: Told): string {
  const { taleOf, loadStartMs } = told;
  const supervisor = supervisorOf(receipt, told);
  const tale = taleOf(receipt.node);
  if (claimOf(receipt, 'answers').state === 'broken') {
    const inRun = (ms: number | undefined): number | undefined =>
      ms === undefined ? undefined : Math.max(0, ms - loadStartMs);
    const last = inRun(tale?.lastOkMs);
    const back = inRun(tale?.backMs);
    // Too late for its receipt; and workers that outlive their master go on to serve, and keep the new one from the port.
    if (back !== undefined && back > receipt.judgedMs)
      return `and did not answer again before ${formatMs(back)}: ${claimOf(receipt, 'answers').evidence}`;
    if (last !== undefined && last > receipt.judgedMs && claimOf(receipt, 'new-there').state === 'broken')
      return `and is still answered for by what should be gone: ${claimOf(receipt, 'new-there').evidence}`;
    const since = last === undefined ? '' : ` since ${formatMs(last)}`;
    const though = [
      ...(tale?.supervisorIsGood ? [`${supervisor} says "${tale.supervisorWord ?? '?'}"`] : []),
      ...(claimOf(receipt, 'owns-socket').state === 'held' && tale?.masterPid !== undefined
        ? [`pid ${tale.masterPid} owns the port`]
        : []),
    ];
    const but =
      !tale?.supervisorIsGood && tale?.supervisorWord !== undefined
        ? `; ${supervisor} says "${tale.supervisorWord}"`
        : '';
    return `and has not answered${since}${though.length > 0 ? `, though ${though.join(' and ')}` : but}`;
  }
  const id = TELLING.find((each) => claimOf(receipt, each).state === 'broken') ?? 'answers';
  const isAsked = claimOf(receipt, 'answers').state !== 'not-applicable';
  return `${isAsked ? 'and answers, but' : 'and is not as it was:'} ${id} is broken: ${claimOf(receipt, id).evidence}`;
}

function followedWords({ cascade, growth }: Told, first: string | undefined): string {
  const victims = [
    ...new Set(cascade.chain.filter((link) => link.relation !== 'hit' && link.node !== first).map((link) => link.node)),
  ].sort();
  const names = victims.length > 1 ? `${victims.slice(0, -1).join(', ')} and ${victims.at(-1)!}` : (victims[0] ?? '');
  const isBecause = cascade.chain.some((link) => link.relation === 'because');
  const load = isBecause && growth > 0 ? ` at +${Math.round(growth * 100)} % load` : '';
  return `${names}, never touched, followed${load}.`;
}
