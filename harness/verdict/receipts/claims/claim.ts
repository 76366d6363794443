// What every claim of a receipt is given to look at, and what it answers. One function per claim, looked up in index.ts.
import type { Plan } from '../../../plan/plan.js';
import type { DeclaredEvent } from '../../../record/events.js';
import type { OpenReceipt } from '../open-receipt.js';
import type { Truth } from '../standing.js';

export interface ClaimContext {
  readonly plan: Plan;
  readonly receipt: OpenReceipt;
  readonly declared: DeclaredEvent | undefined;
  readonly nowMs: number;
  /** A moment in words: time since the start of the load. */
  readonly at: (ms: number) => string;
}

export type Evaluate = (context: ClaimContext) => Truth;

export const yes = (evidence: string, sinceMs?: number): Truth => ({
  state: 'true',
  evidence,
  ...(sinceMs === undefined ? {} : { sinceMs }),
});
export const no = (evidence: string): Truth => ({ state: 'false', evidence });
export const unseen = (evidence: string): Truth => ({ state: 'unseen', evidence });
