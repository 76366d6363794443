// The deadlines of requests on their way. All have the same time, so the one that was sent first is due first: a queue
// from which the oldest leave when they are over or too late.

export interface Timed {
  readonly deadlineMs: number;
  readonly isOver: boolean;
}

/** So many that are over may stay at the front of the list before it is cut. */
const CUT_AT = 1_024;

export class Deadlines<T extends Timed> {
  readonly #queue: T[] = [];
  #front = 0;

  /** Never earlier than that of the one before. */
  add(item: T): void {
    this.#queue.push(item);
  }

  /** The next deadline of one that is not over. */
  nextMs(): number | undefined {
    return this.#oldest()?.deadlineMs;
  }

  /** Takes out those whose deadline is not after `nowMs`, and that are not over. */
  *passed(nowMs: number): Generator<T, void, undefined> {
    for (let item = this.#oldest(); item && item.deadlineMs <= nowMs; item = this.#oldest()) {
      this.#front += 1;
      yield item;
    }
  }

  #oldest(): T | undefined {
    while (this.#queue[this.#front]?.isOver) this.#front += 1;
    if (this.#front >= CUT_AT && this.#front * 2 >= this.#queue.length) {
      this.#queue.splice(0, this.#front);
      this.#front = 0;
    }
    return this.#queue[this.#front];
  }
}
