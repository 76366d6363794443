// Finds the edges of outages in the outcomes of single requests: several in a row without a good answer are one outage,
// from when the first of them was due to the next good answer.
import type { FailureKind } from '../../record/events.js';

export interface Outcome {
  readonly dueMs: number;
  readonly endedMs: number;
  /** undefined: a good answer. */
  readonly kind: FailureKind | undefined;
}

export interface Edge {
  readonly atMs: number;
  readonly state: 'failing' | 'answering';
  readonly evidence: string;
}

export class Edges {
  readonly #inARow: number;
  #failed: Outcome[] = [];
  #count = 0;
  #isFailing = false;
  /** Requests that were due before this one ended well say nothing of what came after it. */
  #lastGoodDueMs = -Infinity;

  /** `inARow`: so many failures make an outage; one node of several that is down must not. */
  constructor(inARow: number) {
    this.#inARow = inARow;
  }

  /** Outcomes in the order in which requests ended; a time-out ends long after it was due. */
  take(outcome: Outcome): Edge | undefined {
    const { dueMs, endedMs, kind } = outcome;
    if (kind === undefined) {
      this.#lastGoodDueMs = Math.max(this.#lastGoodDueMs, dueMs);
      this.#failed = this.#failed.filter((each) => each.dueMs > this.#lastGoodDueMs);
      if (!this.#isFailing) return undefined;
      this.#isFailing = false;
      const evidence = `${String(this.#count)} requests had failed`;
      return { atMs: endedMs, state: 'answering', evidence };
    }
    if (dueMs <= this.#lastGoodDueMs) return undefined;
    if (this.#isFailing) {
      this.#count += 1;
      return undefined;
    }
    this.#failed.push(outcome);
    if (this.#failed.length < this.#inARow) return undefined;
    const [first] = this.#failed.sort((a, b) => a.dueMs - b.dueMs);
    this.#isFailing = true;
    this.#count = this.#failed.length;
    this.#failed = [];
    return first && { atMs: first.dueMs, state: 'failing', evidence: `the first one: ${String(first.kind)}` };
  }
}
