// What is added up for one subject in one window: counts, the latencies as a histogram (so that percentiles are those of
// all its answers, never averages of percentiles), and how much was answered at each level of the load.
import { LatencyHistogram } from '../record/histogram.js';
import type { AtLevel, Figures } from './model.js';
import { tenth } from './receipts/closing.js';

type Latency = readonly (readonly [number, number])[];

/** Of 100 ms: little more than numbers, because many of them may have to wait for a receipt. */
export class Counts {
  answered = 0;
  failed = 0;
  masked = 0;
  readonly latency: (readonly [number, number])[] = [];

  take(answered: number, failed: number, latency: Latency): void {
    this.answered += answered;
    this.failed += failed;
    for (const pair of latency) this.latency.push(pair);
  }
}

export class Tally {
  answered = 0;
  failed = 0;
  masked = 0;
  readonly #histogram = new LatencyHistogram();
  readonly #levels = new Map<number, { forMs: number; answered: number }>();

  /** `level`: of the load in that time, where it stood still and is of interest. */
  add(counts: Counts | undefined, forMs: number, level: number | undefined): void {
    if (level !== undefined) {
      const at = this.#levels.get(level) ?? { forMs: 0, answered: 0 };
      this.#levels.set(level, { forMs: at.forMs + forMs, answered: at.answered + (counts?.answered ?? 0) });
    }
    if (!counts) return;
    this.answered += counts.answered;
    this.failed += counts.failed;
    this.masked += counts.masked;
    this.#histogram.addAll(counts.latency);
  }

  figures(lengthMs: number): Figures {
    const ended = this.answered + this.failed;
    const percentile = (share: number): number | undefined => {
      const ms = this.#histogram.percentile(share);
      return ms === undefined ? undefined : tenth(ms);
    };
    const [p50Ms, p95Ms, p99Ms] = [percentile(0.5), percentile(0.95), percentile(0.99)];
    const atLevels = [...this.#levels].map(([level, at]): AtLevel => ({ level, ...at }));
    return {
      answered: this.answered,
      failed: this.failed,
      failedShare: ended === 0 ? 0 : Math.round((this.failed / ended) * 1e6) / 1e6,
      perSecond: lengthMs > 0 ? tenth((this.answered / lengthMs) * 1000) : 0,
      samples: this.#histogram.total,
      ...(p50Ms === undefined ? {} : { p50Ms }),
      ...(p95Ms === undefined ? {} : { p95Ms }),
      ...(p99Ms === undefined ? {} : { p99Ms }),
      ...(atLevels.length > 0 ? { atLevels } : {}),
    };
  }
}
