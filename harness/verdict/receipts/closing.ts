// When a receipt is closed, and what it says then: standings become claims, marks become the recovery waterfall.
import { formatMs } from '../../core/units.js';
import type { Plan } from '../../plan/plan.js';
import type { DeclaredEvent } from '../../record/events.js';
import { strikesLater } from '../evidence.js';
import { CLAIM_IDS, WATERFALL_STEPS, type Claim, type ClaimId, type Receipt, type Waterfall } from '../model.js';
import { whyNotApplicable } from './applicability.js';
import { claims } from './claims/index.js';
import type { OpenReceipt } from './open-receipt.js';
import { nextStanding, type Standing, type Truth } from './standing.js';

/**
 * For so long a verdict waits for eyes that are shut when it is due: a crash loop shuts them at each start. Only what could not
 * be seen is waited for; what was seen to be false at the limit stays so.
 */
const SIGHT_WITHIN_MS = 5_000;

/** What made a receipt close. */
export type Cause = 'hold' | 'deadline' | 'restart' | 'end';

export interface Judging {
  readonly declared: DeclaredEvent | undefined;
  readonly loadStartMs: number;
}

/** Looks at all ten claims as of `nowMs`, and at whether the restart is recovered. */
export function look(receipt: OpenReceipt, { declared, loadStartMs }: Judging, nowMs: number): void {
  const { plan } = receipt;
  const at = (ms: number): string => formatMs(Math.max(0, ms - loadStartMs));
  let whole = true;
  receipt.lookedMs = nowMs;
  const isOverdue = receipt.recoveredSinceMs === undefined && nowMs > limitMs(receipt, plan);
  for (const id of CLAIM_IDS) {
    const before = receipt.standings.get(id);
    if (isOverdue && before?.truth.state === 'false') {
      whole = false;
      continue;
    }
    const reason = whyNotApplicable(id, receipt, plan);
    const truth: Truth =
      reason === undefined ? claims[id]({ plan, receipt, declared, nowMs, at }) : { state: 'not-applicable', reason };
    receipt.standings.set(id, nextStanding(before, truth, nowMs));
    if (truth.state === 'false' || truth.state === 'unseen') whole = false;
  }
  if (receipt.standings.get('share-restored')?.sinceMs !== undefined) receipt.marks.shareRestored ??= nowMs;
  if (!whole || !isFaultOver(receipt)) receipt.recoveredSinceMs = undefined;
  else if (receipt.recoveredSinceMs === undefined) {
    receipt.recoveredSinceMs = nowMs;
    receipt.everRecovered = true;
  }
}

/** Has it landed, and has it been undone where it is to be? */
function isFaultOver({ trigger, marks, opening, healedMs }: OpenReceipt): boolean {
  return (trigger.kind !== 'fault' || marks.landed !== undefined) && (!opening.waitsForHeal || healedMs !== undefined);
}

/** The moment at which a receipt is judged, as things are. */
export function dueMs(receipt: OpenReceipt): number {
  // Never before what has been seen: a node may be lost again when its limit has long passed.
  return Math.max(endOfWatch(receipt, receipt.plan), receipt.lookedMs);
}

function endOfWatch(receipt: OpenReceipt, plan: Plan): number {
  const { recoveredSinceMs, hold } = receipt;
  if (recoveredSinceMs !== undefined) return recoveredSinceMs + hold.ms;
  return limitMs(receipt, plan) + (isWaitedFor(receipt) ? SIGHT_WITHIN_MS : 0);
}

/** The latest moment for it to be recovered, and a hold. */
function limitMs(receipt: OpenReceipt, plan: Plan): number {
  // A policy may look every few minutes, and a dependency be away for long. It lands, or misses, or the run ends.
  if (!isFaultOver(receipt)) return Infinity;
  const { hold, marks, opening, path } = receipt;
  const landedMs = marks.landed ?? 0;
  const fromMs = strikesLater(path) ? Math.max(opening.chainStartMs, landedMs) : opening.chainStartMs;
  return Math.max(fromMs + plan.limits.recoveredMs, landedMs, receipt.healedMs ?? 0) + hold.ms;
}

function isWaitedFor({ view, standings }: OpenReceipt): boolean {
  return view.isBlinded && [...standings.values()].some(({ truth }) => truth.state === 'unseen');
}

export function closeReceipt(receipt: OpenReceipt, judging: Judging, nowMs: number, cause: Cause): Receipt {
  look(receipt, judging, nowMs);
  const { opening, path, trigger, startedMs } = receipt;
  const since = (ms: number): number => tenth(ms - judging.loadStartMs);
  const tooEarly =
    cause === 'end' || cause === 'restart' ? tooEarlyWords(receipt, receipt.plan, nowMs, cause) : undefined;
  return {
    node: receipt.node,
    ...(receipt.view.post.service ? { service: receipt.view.post.service.name } : {}),
    restart: opening.restart,
    ...(opening.round === undefined ? {} : { round: opening.round }),
    path,
    trigger,
    startedMs: since(startedMs),
    ...(receipt.firstMs === startedMs ? {} : { firstBlowMs: since(receipt.firstMs) }),
    judgedMs: since(nowMs),
    closedEarly: cause === 'end' || cause === 'restart',
    claims: CLAIM_IDS.map((id) => claimOf(id, receipt.standings.get(id)!, judging.loadStartMs, tooEarly)),
    waterfallMs: waterfallOf(receipt),
  };
}

function claimOf(id: ClaimId, standing: Standing, loadStartMs: number, tooEarly: string | undefined): Claim {
  const { truth, sinceMs, wasTrue, lostMs } = standing;
  switch (truth.state) {
    case 'not-applicable':
      return { id, state: 'not-applicable', evidence: '', reason: truth.reason };
    case 'unseen':
      return { id, state: 'not-observed', evidence: truth.evidence };
    case 'true':
      return { id, state: 'held', atMs: tenth((sinceMs ?? 0) - loadStartMs), evidence: truth.evidence };
    case 'false': {
      if (!wasTrue && tooEarly !== undefined) {
        return { id, state: 'not-observed', evidence: `${truth.evidence}; ${tooEarly}` };
      }
      const tellsWhen = / since | last answer /.test(` ${truth.evidence} `);
      const lost =
        wasTrue && lostMs !== undefined && !tellsWhen
          ? `; it was true until ${formatMs(Math.max(0, lostMs - loadStartMs))}`
          : '';
      return { id, state: 'broken', evidence: `${truth.evidence}${lost}` };
    }
  }
}

/** What was not true yet is not broken when the watching ended before its limit. */
function tooEarlyWords(receipt: OpenReceipt, plan: Plan, nowMs: number, cause: Cause): string | undefined {
  const what = cause === 'restart' ? 'it was restarted again' : 'the run ended';
  if (!isFaultOver(receipt)) return `${what} before the fault was over`;
  const watchedMs = nowMs - receipt.opening.chainStartMs;
  if (watchedMs >= plan.limits.recoveredMs) return undefined;
  return `${what} ${formatMs(nowMs - receipt.startedMs)} after the restart, before its limit of ${formatMs(plan.limits.recoveredMs)}`;
}

function waterfallOf(receipt: OpenReceipt): Waterfall {
  const { marks, trigger, startedMs, view, healedMs } = receipt;
  // A census may be taken a moment after an answer that proves what it will show.
  const bound = least(marks.bound, marks.bound === undefined ? undefined : least(marks.ready, marks.firstAnswer));
  const born = least(marks.born, bound);
  const noticed = least(marks.noticed, born) ?? receipt.subjectGoneMs;
  // A backend that was never down is of use from the moment at which the node is ready.
  const up = view.backend?.up === true ? Math.max(view.backend.atMs, marks.ready ?? healedMs ?? startedMs) : undefined;
  const moments: Readonly<Record<(typeof WATERFALL_STEPS)[number], number | undefined>> = {
    landed: trigger.kind === 'fault' ? marks.landed : startedMs,
    noticed: trigger.kind === 'policy' ? startedMs : noticed,
    exec: born,
    bound,
    ready: marks.ready,
    balancerUp: marks.ready === undefined ? undefined : up,
    firstAnswer: marks.firstAnswer,
    shareRestored: marks.shareRestored,
  };
  return Object.fromEntries(
    WATERFALL_STEPS.flatMap((step) => {
      const ms = moments[step];
      return ms === undefined ? [] : [[step, tenth(Math.max(0, ms - startedMs))] as const];
    }),
  );
}

function least(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : Math.min(left, right);
}

/** Sums of tenths are not tenths in binary: the same journal must give the same bytes, short ones. */
export function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}
