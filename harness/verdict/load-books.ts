// What was offered, answered and lost in an environment: the generator's books, or its frames where it left none.
import type { FailureKind, JournalEvent, LoadTotals } from '../record/events.js';
import type { LoadResult } from './model.js';

export class LoadBooks {
  #totals: LoadTotals | undefined;
  #offered = 0;
  #answered = 0;
  #unsent = 0;
  #inFlight = 0;
  readonly #failed: Partial<Record<FailureKind, number>> = {};

  step(event: JournalEvent): void {
    if (event.kind === 'load' && event.totals) this.#totals = event.totals;
    if (event.kind !== 'load-frame') return;
    this.#offered += event.offered;
    this.#answered += event.answered;
    this.#unsent += event.unsent;
    this.#inFlight = event.inFlight;
    for (const [kind, count] of Object.entries(event.failed) as [FailureKind, number][]) {
      this.#failed[kind] = (this.#failed[kind] ?? 0) + count;
    }
  }

  result(): LoadResult {
    if (this.#totals) {
      const { offered, answered, failed, unsent, inFlight, lateness } = this.#totals;
      return { offered, answered, failed, unsent, inFlight, lateness };
    }
    return {
      offered: this.#offered,
      answered: this.#answered,
      failed: this.#failed,
      unsent: this.#unsent,
      inFlight: this.#inFlight,
      lateness: null,
    };
  }
}
