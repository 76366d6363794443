// The interface of checks: pure functions of the journal, fed one event at a time, that yield findings in words.
import type { Plan } from '../../plan/plan.js';
import type { JournalEvent } from '../../record/events.js';
import type { Evidence } from '../evidence.js';
import type { Finding } from '../model.js';

export interface Check<S = unknown> {
  readonly name: string;
  /** One line for `remuster list`. */
  readonly summary: string;
  init(plan: Plan): S;
  step(state: S, event: JournalEvent): S;
  /** `evidence`: what was derived once for all checks. */
  finish(state: S, evidence: Evidence): readonly Finding[];
}

/** For checks that need nothing but the derived evidence. */
export function ofEvidence(
  name: string,
  summary: string,
  finish: (evidence: Evidence) => readonly Finding[],
): Check<null> {
  return { name, summary, init: () => null, step: () => null, finish: (_state, evidence) => finish(evidence) };
}
