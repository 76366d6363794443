// Does a fault undo itself after a while? Nothing is recovered before that.
import type { Plan } from '../../plan/plan.js';
import type { FaultEvent } from '../../record/events.js';

/** Journals that are older than the field tell it by the options of the fault. */
export function isUndoneLater(event: FaultEvent, plan: Plan): boolean {
  if (event.undoneAfterMs !== undefined) return true;
  const options = plan.rounds.find((round) => round.round === event.round)?.fault.options;
  return event.path.expects === 'either' && typeof options?.['for'] === 'number';
}
