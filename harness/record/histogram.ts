// The latency histogram of the journal: log-linear, 32 buckets an octave (<= 3 % error), merged by addition.
// Cheap enough to be written as [bucket, count] pairs in each frame (notes: 3 ns a sample).

const SUB_BITS = 5;
const SUB = 1 << SUB_BITS;
const UNIT_MS = 0.01;

/** Bucket of a latency in ms. */
export function bucketOf(ms: number): number {
  const units = Math.max(0, Math.floor(ms / UNIT_MS));
  if (units < SUB) return units;
  const octave = Math.floor(Math.log2(units)) - SUB_BITS;
  return (octave + 1) * SUB + (Math.floor(units / 2 ** octave) - SUB);
}

/** Upper bound of a bucket in ms. */
export function boundOf(bucket: number): number {
  if (bucket < SUB) return (bucket + 1) * UNIT_MS;
  const octave = Math.floor(bucket / SUB) - 1;
  return ((bucket % SUB) + SUB + 1) * 2 ** octave * UNIT_MS;
}

export class LatencyHistogram {
  readonly #counts = new Map<number, number>();
  #total = 0;

  add(bucket: number, count = 1): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#total += count;
  }

  /** What another one has told. */
  addAll(pairs: Iterable<readonly [number, number]>): void {
    for (const [bucket, count] of pairs) this.add(bucket, count);
  }

  get total(): number {
    return this.#total;
  }

  /** Latency in ms that `share` (0..1) of the samples do not exceed; undefined without samples. */
  percentile(share: number): number | undefined {
    let left = Math.max(1, Math.ceil(this.#total * share));
    for (const [bucket, count] of [...this.#counts].sort((a, b) => a[0] - b[0])) {
      left -= count;
      if (left <= 0) return boundOf(bucket);
    }
    return undefined;
  }

  /** All samples as [bucket, count], and forgets them. */
  drain(): (readonly [number, number])[] {
    const pairs = [...this.#counts].sort((a, b) => a[0] - b[0]);
    this.#counts.clear();
    this.#total = 0;
    return pairs;
  }
}

/** Of several, each in order: one in order. */
export function mergedPairs(all: readonly (readonly (readonly [number, number])[])[]): (readonly [number, number])[] {
  const merged = new LatencyHistogram();
  for (const pairs of all) merged.addAll(pairs);
  return merged.drain();
}
