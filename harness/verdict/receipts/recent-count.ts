// A count over the last so many milliseconds, for rates at a moment. Memory is bounded by the span.
export class RecentCount {
  readonly #spanMs: number;
  #entries: { readonly atMs: number; readonly count: number }[] = [];
  #sum = 0;
  #firstMs: number | undefined;

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  add(atMs: number, count: number): void {
    this.#firstMs ??= atMs;
    this.#entries.push({ atMs, count });
    this.#sum += count;
    this.#forget(atMs);
  }

  #forget(nowMs: number): void {
    let stale = 0;
    while (this.#entries[stale] && this.#entries[stale]!.atMs < nowMs - this.#spanMs) {
      this.#sum -= this.#entries[stale]!.count;
      stale += 1;
    }
    if (stale > 0) this.#entries = this.#entries.slice(stale);
  }

  sum(nowMs: number): number {
    this.#forget(nowMs);
    return this.#sum;
  }

  /** Per second, over the span or over what has been seen of it. */
  perSecond(nowMs: number): number {
    const seenMs = this.#firstMs === undefined ? 0 : Math.min(this.#spanMs, nowMs - this.#firstMs);
    return seenMs < 100 ? 0 : (this.sum(nowMs) / seenMs) * 1000;
  }
}
