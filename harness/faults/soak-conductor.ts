// Walks the rounds of a soak until its time is over: before each the tier must be steady and is taken stock of, and a
// restart that was broken is a finding, after which it goes on as soon as every node is whole again.
import { sleep } from '../core/clock.js';
import type { Plan } from '../plan/plan.js';
import { postsBeside } from '../plan/posts.js';
import { aftermath, playStep, receiptsClosed, skipFrom, steady, type ConductorTools } from './conductor.js';

export interface SoakTools extends ConductorTools {
  /** Looks what lies around in each node; never rejects. */
  takeStock(): Promise<void>;
}

/** `loadStartMs` is journal time. */
export async function conductSoak(
  plan: Plan,
  loadStartMs: number,
  tools: SoakTools,
  signal: AbortSignal,
): Promise<void> {
  const endMs = loadStartMs + (plan.segment?.forMs ?? Infinity);
  for (const round of plan.rounds) {
    await sleep(Math.min(loadStartMs + round.notBeforeMs, endMs) - tools.nowMs(), signal);
    if (tools.nowMs() >= endMs) {
      skipFrom(plan, round.round, 0, 'the time was over', tools.observe);
      break;
    }
    if (!(await steady(plan, round, loadStartMs, tools, signal, true))) {
      skipFrom(plan, round.round, 0, 'the tier was not steady', tools.observe);
      if (tools.receipts.hasBroken()) await aftermath(plan, tools, signal);
      return;
    }
    await tools.takeStock();
    for (const step of round.steps.keys()) await playStep(round, step, tools, signal);
  }
  if (endMs !== Infinity) await sleep(endMs - tools.nowMs(), signal);
  await receiptsClosed(postsBeside(plan, plan.nodes), tools, signal);
  await tools.takeStock();
}
