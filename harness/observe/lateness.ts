// Percentiles of how late something acted, for the journal.
import { bucketOf, LatencyHistogram } from '../record/histogram.js';
import type { Lateness } from '../record/events.js';

/** For what acts so often that keeping each lateness would let memory grow in a soak. */
export class LatenessBook {
  readonly #histogram = new LatencyHistogram();
  #maxMs = 0;

  add(lateMs: number): void {
    this.#histogram.add(bucketOf(lateMs));
    this.#maxMs = Math.max(this.#maxMs, lateMs);
  }

  result(): { readonly lateness: Lateness; readonly count: number } {
    const round = (ms = 0): number => Math.round(Math.min(ms, this.#maxMs) * 10) / 10;
    return {
      lateness: {
        p50Ms: round(this.#histogram.percentile(0.5)),
        p99Ms: round(this.#histogram.percentile(0.99)),
        maxMs: round(this.#maxMs),
      },
      count: this.#histogram.total,
    };
  }
}

export function latenessOf(samplesMs: readonly number[]): { readonly lateness: Lateness; readonly count: number } {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
  return { lateness: { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }, count: sorted.length };
}
