// How many requests came in each bucket of time: the recorded curve. One number a bucket, in whatever order lines come.
import { HarnessError } from '../core/errors.js';
import { formatMs } from '../core/units.js';

/** As many rates as a stage of a scenario takes. */
export const MOST_BUCKETS = 50_000;

export class Curve {
  readonly #bucketMs: number;
  readonly #counts = new Map<number, number>();
  #startMs: number | undefined;
  #first = { bucket: Infinity, line: 0 };
  #last = { bucket: -Infinity, line: 0 };

  constructor(bucketMs: number) {
    this.#bucketMs = bucketMs;
  }

  /** Buckets are counted from here; before it is said, from a round time. */
  startsAt(ms: number): void {
    this.#startMs = ms;
  }

  add(atMs: number, line: number, name: string): void {
    this.#startMs ??= Math.floor(atMs / this.#bucketMs) * this.#bucketMs;
    const bucket = Math.floor((atMs - this.#startMs) / this.#bucketMs);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    if (bucket < this.#first.bucket) this.#first = { bucket, line };
    if (bucket > this.#last.bucket) this.#last = { bucket, line };
    if (this.#last.bucket - this.#first.bucket >= MOST_BUCKETS) this.#tooLong(name);
  }

  /** From the bucket of the first request to that of the last; 0 where there was none. */
  get counts(): readonly number[] {
    const length = Math.max(0, this.#last.bucket - this.#first.bucket + 1);
    return Array.from({ length }, (_, index) => this.#counts.get(this.#first.bucket + index) ?? 0);
  }

  get startMs(): number {
    return (this.#startMs ?? 0) + this.#first.bucket * this.#bucketMs;
  }

  #tooLong(name: string): never {
    const at = ({ bucket, line }: { bucket: number; line: number }): string =>
      `line ${String(line)} is of ${new Date((this.#startMs ?? 0) + bucket * this.#bucketMs).toISOString()}`;
    throw new HarnessError(
      'invalid',
      `${name}: ${at(this.#first)} and ${at(this.#last)}: more than ${String(MOST_BUCKETS)} buckets of ${formatMs(this.#bucketMs)}`,
      { hint: 'take a part of it with --from and --to, or make --bucket longer' },
    );
  }
}
