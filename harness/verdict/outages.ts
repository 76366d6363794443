// When nobody could get in, to the request: the edges of each outage as the sentinel saw them.
import type { JournalEvent } from '../record/events.js';
import type { OutageResult } from './model.js';
import { tenth } from './receipts/closing.js';
import type { ReceiptTracker } from './receipts/tracker.js';

export class Outages {
  readonly #tracker: ReceiptTracker;
  readonly #found: OutageResult[] = [];
  #open: { readonly fromMs: number; readonly firstFailure: string } | undefined;
  #latestMs = 0;

  constructor(tracker: ReceiptTracker) {
    this.#tracker = tracker;
  }

  /** After the tracker has taken the same event. What happens while the tier is taken down is no outage. */
  step(event: JournalEvent): void {
    if (!this.#tracker.isWatching) return;
    this.#latestMs = Math.max(this.#latestMs, event.atMs);
    if (event.kind !== 'sentinel') return;
    if (event.state === 'failing') this.#open ??= { fromMs: event.atMs, firstFailure: event.evidence };
    else this.#close(event.atMs, true);
  }

  #close(toMs: number, isOver: boolean): void {
    if (!this.#open) return;
    const zeroMs = this.#tracker.loadStartMs ?? 0;
    const { fromMs, firstFailure } = this.#open;
    this.#found.push({ fromMs: tenth(fromMs - zeroMs), toMs: tenth(toMs - zeroMs), isOver, firstFailure });
    this.#open = undefined;
  }

  finish(): readonly OutageResult[] {
    this.#close(this.#latestMs, false);
    return this.#found;
  }
}
