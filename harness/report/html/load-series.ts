// The load over time, from the generator's books: sums and the extremes of each bucket. Latencies are those of answered
// requests, merged as histograms, so that a percentile of a wide bucket is a true one.
import type { LoadFrameEvent } from '../../record/events.js';
import { LatencyHistogram } from '../../record/histogram.js';
import { tenth } from '../../verdict/receipts/closing.js';
import { Buckets } from './buckets.js';
import type { LatencySeries, LoadSeries } from './data.js';

/** So many buckets of an environment at the most: more than a screen has columns. */
export const MOST_BUCKETS = 1500;
const FRAME_MS = 100;
/** The 99th percentile of fewer answers than come in a second is only their slowest. */
const LATENCY_MS = 1000;

interface LoadBucket {
  offered: number;
  answered: number;
  failed: number;
  unsent: number;
  /** Of one frame. */
  mostFailed: number;
  inFlight: number;
  level: number;
}

export class LoadOverTime {
  readonly #books = new Buckets<LoadBucket>(blank, merge, MOST_BUCKETS, FRAME_MS);
  readonly #latency = new Buckets<LatencyHistogram>(
    () => new LatencyHistogram(),
    (into, from) => {
      for (const [slot, count] of from.drain()) into.add(slot, count);
    },
    MOST_BUCKETS,
    LATENCY_MS,
  );
  readonly #failedBy = new Map<string, number>();

  step(atMs: number, { offered, answered, failed, unsent, inFlight, level, latency }: LoadFrameEvent): void {
    const lost = Object.values(failed).reduce((sum, count) => sum + count, 0);
    merge(this.#books.at(atMs), { offered, answered, failed: lost, unsent, mostFailed: lost, inFlight, level });
    const histogram = latency.length === 0 ? undefined : this.#latency.at(atMs);
    for (const [slot, count] of latency) histogram?.add(slot, count);
    for (const [kind, count] of Object.entries(failed))
      this.#failedBy.set(kind, (this.#failedBy.get(kind) ?? 0) + count);
  }

  /** `zeroMs`: the moment that is 0 from now on. */
  finish(zeroMs: number): LoadSeries {
    const filled = this.#books.filled();
    const column = (name: keyof LoadBucket): number[] => filled.map(({ value }) => value[name]);
    return {
      bucketMs: this.#books.widthMs,
      atMs: filled.map(({ atMs }) => tenth(atMs - zeroMs)),
      offered: column('offered'),
      answered: column('answered'),
      failed: column('failed'),
      unsent: column('unsent'),
      mostFailed: column('mostFailed'),
      inFlight: column('inFlight'),
      level: column('level'),
      failedBy: Object.fromEntries([...this.#failedBy].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  finishLatency(zeroMs: number): LatencySeries {
    const filled = this.#latency.filled();
    const percentile = (share: number): number[] => filled.map(({ value }) => rounded(value.percentile(share) ?? 0));
    return {
      bucketMs: this.#latency.widthMs,
      atMs: filled.map(({ atMs }) => tenth(atMs - zeroMs)),
      p50Ms: percentile(0.5),
      p95Ms: percentile(0.95),
      p99Ms: percentile(0.99),
      maxMs: percentile(1),
    };
  }
}

function blank(): LoadBucket {
  return { offered: 0, answered: 0, failed: 0, unsent: 0, mostFailed: 0, inFlight: 0, level: 0 };
}

function merge(into: LoadBucket, from: LoadBucket): void {
  into.offered += from.offered;
  into.answered += from.answered;
  into.failed += from.failed;
  into.unsent += from.unsent;
  into.mostFailed = Math.max(into.mostFailed, from.mostFailed);
  into.inFlight = Math.max(into.inFlight, from.inFlight);
  into.level = from.level;
}

/** Three digits say all that a chart can show. */
function rounded(ms: number): number {
  return Number(ms.toPrecision(3));
}
