// The kinds of requests of a log and how often each came. Holds a few thousand at the most, however many there are: when
// they become more, it tells them apart less exactly, and goes on.
import { shapeOf } from './shape.js';

export interface RequestKind {
  readonly method: string;
  readonly path: string;
  readonly count: number;
}

interface Held {
  readonly method: string;
  readonly path: string;
  count: number;
}

/** From exact to coarse: what two requests must have in common to be of one kind, besides their method. */
const LADDER: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => shapeOf(path, false),
  (path) => segmentsOf(path).slice(0, 2).join('/'),
  (path) => segmentsOf(path)[0] ?? '',
  () => '',
];
const SHAPES = 1;

export const KINDS_HELD = 4_000;

export class Kinds {
  readonly #anonymise: boolean;
  readonly #mostHeld: number;
  #held = new Map<string, Held>();
  #rung = 0;

  constructor(anonymise: boolean, mostHeld = KINDS_HELD) {
    this.#anonymise = anonymise;
    this.#mostHeld = mostHeld;
  }

  add(method: string, asked: string): void {
    const path = this.#anonymise ? shapeOf(asked, true) : asked;
    const key = this.#keyOf(method, path);
    const held = this.#held.get(key);
    if (held) held.count += 1;
    else {
      this.#held.set(own(key), { method: own(method), path: own(path), count: 1 });
      while (this.#held.size > this.#mostHeld && this.#rung < LADDER.length - 1) this.#climb(this.#rung + 1);
    }
  }

  /**
   * The most frequent first; each of the rest counts as the one that is nearest to it. What is like none of them is left
   * out: that is, spread over all of them, for weights are compared only with each other.
   */
  kept(atMost: number): readonly RequestKind[] {
    if (this.#held.size > atMost && this.#rung < SHAPES) this.#climb(SHAPES);
    const all = [...this.#held.values()].sort(byCount);
    const kept = all.slice(0, atMost).map((kind) => ({ ...kind }));
    for (const kind of all.slice(atMost)) {
      const near = nearest(kind, kept);
      if (near) near.count += kind.count;
    }
    return kept.sort(byCount);
  }

  /** How many were told apart in the end. */
  get size(): number {
    return this.#held.size;
  }

  #keyOf(method: string, path: string): string {
    return `${method} ${LADDER[this.#rung]?.(path) ?? ''}`;
  }

  /** The most frequent one of those that become one kind stands for all: its path was really asked for. */
  #climb(rung: number): void {
    this.#rung = rung;
    const before = [...this.#held.values()].sort(byCount);
    this.#held = new Map();
    for (const kind of before) {
      const key = this.#keyOf(kind.method, kind.path);
      const same = this.#held.get(key);
      if (same) same.count += kind.count;
      else this.#held.set(key, { ...kind });
    }
  }
}

/** A part of a longer text keeps all of that in memory (V8: sliced strings), here a whole piece of the log. */
function own(text: string): string {
  return Buffer.from(text).toString();
}

/** In an order that does not depend on the order of the log. */
function byCount(left: Held, right: Held): number {
  if (left.count !== right.count) return right.count - left.count;
  const [a, b] = [`${left.path} ${left.method}`, `${right.path} ${right.method}`];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of the same method, with most path segments in common from the left, at least one; the most frequent of these. */
function nearest(kind: Held, kept: readonly Held[]): Held | undefined {
  return kept
    .filter(({ method, path }) => method === kind.method && inCommon(kind.path, path) > 0)
    .reduce<Held | undefined>(
      (best, each) => (best && inCommon(kind.path, best.path) >= inCommon(kind.path, each.path) ? best : each),
      undefined,
    );
}

function inCommon(left: string, right: string): number {
  const others = segmentsOf(right);
  const differs = segmentsOf(left).findIndex((segment, index) => segment !== others[index]);
  return differs < 0 ? others.length : differs;
}

function segmentsOf(path: string): readonly string[] {
  return (path.split('?', 1)[0] ?? path).split('/').slice(1);
}
