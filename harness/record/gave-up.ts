// Has a supervisor given up, and how often may it restart before it must? By its promise. Pure; the fault that provokes it and
// the verdict share it.
import type { RestartBudget } from '../plan/promise.js';
import type { SupervisorEvent } from './events.js';

/** A promise names the state ('failed') or the word that it is told by ('FATAL', 'failed (failed)'). */
export function hasGivenUp({ state, word }: Pick<SupervisorEvent, 'state' | 'word'>, budget: RestartBudget): boolean {
  const { thenState } = budget;
  return state === thenState || word === thenState || word.startsWith(`${thenState} `);
}

/**
 * The most restarts that it can make in any stretch of `withinMs` and still keep its promise. One more than promised, where
 * the first start counts too and was longer ago; and again as many, where the time does not move along.
 */
export function mostRestarts({ restarts, countsFrom }: RestartBudget): number {
  const starts = restarts + 1;
  return countsFrom === 'first' ? 2 * starts : starts;
}
