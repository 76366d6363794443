// Walks the time line of an environment: waits for the moment and for a steady tier, strikes, waits for the receipts,
// and after a broken one keeps the load on to see how far the damage goes.
import { sleep, waitFor, type Look } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { LiveView } from '../observe/live-view.js';
import { plannedLevelAt } from '../plan/load-profile.js';
import type { Plan, RoundPlan } from '../plan/plan.js';
import { nodeOf, postsBeside } from '../plan/posts.js';
import type { Observe } from '../record/events.js';
import type { Node } from '../tier/plugins.js';
import type { Fault } from './fault.js';
import { faults } from './index.js';
import { strike, type StrikeTools } from './strike.js';

/** What the conductor asks of the receipts while they are being written. */
export interface ReceiptsNow {
  /** Lets time pass: holds may end. */
  tick(nowMs: number): void;
  /** Is a restart of this node (or, without a name, of any) still being watched? */
  isOpen(node?: string): boolean;
  /** Has a closed receipt a broken claim? */
  hasBroken(): boolean;
}

export interface ConductorTools extends StrikeTools {
  /** Each node, followed by its further services (plan/posts.ts). */
  readonly posts: readonly Node[];
  readonly receipts: ReceiptsNow;
  readonly live: LiveView;
  readonly observe: Observe;
  /** Journal time. */
  nowMs(): number;
  /** Where somebody writes: what these nodes still have of it, after their restarts. */
  readWrites?(nodes: readonly string[], signal: AbortSignal): Promise<void>;
}

const LOOK_EVERY_MS = 50;
/** Receipts close by themselves (recovery limit + hold, and a moment for an observer that is blind then); this, and twice the limit, is beyond any of them. */
const RECEIPT_DEADLINE_MS = 180_000;
/** Failures that a steady tier may show: none worth speaking of. */
const STEADY_FAILED_SHARE = 0.01;
/** When nothing has answered for so long, the damage cannot spread any further. */
const DARK_ENOUGH_MS = 10_000;

/** Runs all rounds; `loadStartMs` is journal time. */
export async function conduct(
  plan: Plan,
  loadStartMs: number,
  tools: ConductorTools,
  signal: AbortSignal,
): Promise<void> {
  for (const round of plan.rounds) {
    for (const step of round.steps.keys()) {
      await sleep(loadStartMs + round.notBeforeMs - tools.nowMs(), signal);
      if (!(await steady(plan, round, loadStartMs, tools, signal))) {
        skipFrom(plan, round.round, step, 'the tier was not steady', tools.observe);
        if (tools.receipts.hasBroken()) await aftermath(plan, tools, signal);
        return;
      }
      await playStep(round, step, tools, signal);
      if (tools.receipts.hasBroken()) {
        skipFrom(plan, round.round, step + 1, 'a receipt was broken', tools.observe);
        await aftermath(plan, tools, signal);
        return;
      }
    }
  }
  // A node that restarted by itself meanwhile gets its receipt too.
  await receiptsClosed(postsBeside(plan, plan.nodes), tools, signal);
}

/**
 * Waits until every node is whole and the load is as planned; writes down what it found. Where a restart was broken that is
 * not waited for, unless it `goesOn`.
 */
export async function steady(
  plan: Plan,
  round: RoundPlan,
  loadStartMs: number,
  tools: ConductorTools,
  signal: AbortSignal,
  goesOn = false,
): Promise<boolean> {
  const { live, observe, posts, receipts } = tools;
  const troubles = (): readonly string[] => {
    receipts.tick(tools.nowMs());
    const level = plannedLevelAt(plan.load.stages, tools.nowMs() - loadStartMs);
    return [
      ...posts.flatMap(({ name }) =>
        live.troubles(name, { k: plan.proof.consecutive }).map((text) => `${name}: ${text}`),
      ),
      ...live.loadTroubles(plan.load.model, Math.floor(level), STEADY_FAILED_SHARE),
      ...(receipts.isOpen() ? ['a restart is still being watched'] : []),
    ];
  };
  const look = (): Look<true> => {
    if (!goesOn && receipts.hasBroken()) return { done: false, evidence: 'a receipt was broken meanwhile' };
    const found = troubles();
    return found.length === 0 ? { done: true, value: true } : { done: false, evidence: found.join('; ') };
  };
  try {
    await waitFor(look, { what: 'a steady tier', deadlineMs: plan.proof.steadyWaitMs, everyMs: LOOK_EVERY_MS, signal });
    observe({ kind: 'steady', round: round.round, ok: true, evidence: 'every node whole, load as planned' });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    observe({ kind: 'steady', round: round.round, ok: false, evidence: messageOf(error) });
    return false;
  }
}

export async function playStep(
  round: RoundPlan,
  step: number,
  tools: ConductorTools,
  signal: AbortSignal,
): Promise<void> {
  const names = round.steps[step] ?? [];
  const fault: Fault = faults[round.fault.kind as keyof typeof faults];
  tools.observe({
    kind: 'round',
    round: round.round,
    step,
    state: 'started',
    evidence: `${fault.name}: ${names.join(', ')}`,
  });
  const hit = tools.posts.filter((post) => names.includes(post.name));
  await Promise.all(
    hit.map((node) =>
      strike(
        { id: `${round.round}.${step}.${node.name}`, round: round.round, fault, choice: round.fault, node },
        tools,
        signal,
      ),
    ),
  );
  // What hits one service of a node may take others along.
  await receiptsClosed(postsBeside(tools.plan, names), tools, signal);
  await tools.readWrites?.([...new Set(names.map(nodeOf))], signal);
  tools.observe({ kind: 'round', round: round.round, step, state: 'ended' });
}

export async function receiptsClosed(
  names: readonly string[],
  tools: ConductorTools,
  signal: AbortSignal,
): Promise<void> {
  const closed = (): Look<true> => {
    tools.receipts.tick(tools.nowMs());
    const open = names.filter((name) => tools.receipts.isOpen(name));
    return open.length === 0 ? { done: true, value: true } : { done: false, evidence: `open: ${open.join(', ')}` };
  };
  await waitFor(closed, {
    what: 'the receipts to be closed',
    deadlineMs: RECEIPT_DEADLINE_MS + 2 * tools.plan.limits.recoveredMs,
    everyMs: LOOK_EVERY_MS,
    signal,
  });
}

export function skipFrom(plan: Plan, fromRound: number, fromStep: number, why: string, observe: Observe): void {
  for (const round of plan.rounds.filter((each) => each.round >= fromRound)) {
    for (const step of round.steps.keys()) {
      if (round.round === fromRound && step < fromStep) continue;
      observe({ kind: 'round', round: round.round, step, state: 'skipped', evidence: why });
    }
  }
}

export async function aftermath(plan: Plan, tools: ConductorTools, signal: AbortSignal): Promise<void> {
  const { observe, live, receipts } = tools;
  const startedMs = tools.nowMs();
  observe({ kind: 'phase', phase: 'aftermath', state: 'started' });
  while (tools.nowMs() - startedMs < plan.proof.aftermathMs) {
    receipts.tick(tools.nowMs());
    const darkMs = tools.nowMs() - (live.lastGoodAnswerMs ?? startedMs);
    if (darkMs > DARK_ENOUGH_MS) break;
    await sleep(LOOK_EVERY_MS, signal);
  }
  observe({ kind: 'phase', phase: 'aftermath', state: 'ended' });
}
