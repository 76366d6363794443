// Time buckets that stay few however long a run is: when there would be more than the most, two become one. What a bucket
// remembers is the caller's; merging must keep the extremes, or the one bad moment of four hours would be gone.

export interface Bucket<T> {
  /** Start of the bucket, ms. */
  readonly atMs: number;
  readonly value: T;
}

export class Buckets<T> {
  readonly #blank: () => T;
  /** Takes the later value into the earlier one. */
  readonly #merge: (into: T, from: T) => void;
  readonly #most: number;
  readonly #byIndex = new Map<number, T>();
  #widthMs: number;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor(blank: () => T, merge: (into: T, from: T) => void, most: number, widthMs = 100) {
    this.#blank = blank;
    this.#merge = merge;
    this.#most = most;
    this.#widthMs = widthMs;
  }

  get widthMs(): number {
    return this.#widthMs;
  }

  /** The bucket of a moment, to be changed by the caller. */
  at(ms: number): T {
    let index = Math.floor(ms / this.#widthMs);
    while (Math.max(this.#last, index) - Math.min(this.#first, index) >= this.#most) {
      this.#widen();
      index = Math.floor(ms / this.#widthMs);
    }
    this.#first = Math.min(this.#first, index);
    this.#last = Math.max(this.#last, index);
    let value = this.#byIndex.get(index);
    if (value === undefined) this.#byIndex.set(index, (value = this.#blank()));
    return value;
  }

  /** Those in which something was, oldest first. */
  filled(): readonly Bucket<T>[] {
    return [...this.#byIndex]
      .sort(([a], [b]) => a - b)
      .map(([index, value]) => ({ atMs: index * this.#widthMs, value }));
  }

  #widen(): void {
    const before = [...this.#byIndex].sort(([a], [b]) => a - b);
    this.#byIndex.clear();
    this.#widthMs *= 2;
    for (const [index, value] of before) {
      const wide = Math.floor(index / 2);
      const present = this.#byIndex.get(wide);
      if (present === undefined) this.#byIndex.set(wide, value);
      else this.#merge(present, value);
    }
    this.#first = Math.floor(this.#first / 2);
    this.#last = Math.floor(this.#last / 2);
  }
}
