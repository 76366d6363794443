// Has a supervisor given up? By its own word, as its promise names it. Pure; the fault that provokes it and the verdict share it.
import type { RestartBudget } from '../plan/plan.js';
import type { SupervisorEvent } from './events.js';

/** A promise names the state ('failed') or the word that it is told by ('FATAL', 'failed (failed)'). */
export function hasGivenUp({ state, word }: Pick<SupervisorEvent, 'state' | 'word'>, budget: RestartBudget): boolean {
  const { thenState } = budget;
  return state === thenState || word === thenState || word.startsWith(`${thenState} `);
}
