// What became of the writes to each node: acknowledged, and there again at the end or lost. Pure.
import type { JournalEvent, ReadBackEvent } from '../record/events.js';

export interface NodeWrites {
  readonly node: string;
  /** Number of each acknowledged write -> when its acknowledgement came, ms of the journal; in order. */
  readonly acknowledged: ReadonlyMap<number, number>;
  readonly unknown: number;
  /** Numbers of acknowledged writes that are not there any more, in order; undefined: the node could not be read. */
  readonly lost: readonly number[] | undefined;
  readonly readBack: ReadBackEvent | undefined;
}

interface Kept {
  readonly acknowledged: Map<number, number>;
  unknown: number;
  readBack: ReadBackEvent | undefined;
}

export class Writes {
  readonly #nodes: ReadonlyMap<string, Kept>;

  constructor(nodes: readonly string[]) {
    this.#nodes = new Map(
      nodes.map((node) => [node, { acknowledged: new Map<number, number>(), unknown: 0, readBack: undefined }]),
    );
  }

  step(event: JournalEvent): void {
    if (event.kind !== 'written' && event.kind !== 'read-back') return;
    const kept = this.#nodes.get(event.node);
    if (!kept) return;
    if (event.kind === 'read-back') {
      kept.readBack = event;
      return;
    }
    for (const [number, agoMs] of event.acknowledged) kept.acknowledged.set(number, event.atMs - agoMs);
    kept.unknown += event.unknown;
  }

  finish(): readonly NodeWrites[] {
    return [...this.#nodes].map(([node, { acknowledged, unknown, readBack }]) => ({
      node,
      acknowledged,
      unknown,
      readBack,
      lost: readBack?.ok ? lostOf([...acknowledged.keys()], readBack.found) : undefined,
    }));
  }
}

function lostOf(numbers: readonly number[], found: ReadBackEvent['found']): readonly number[] {
  const there = new Set<number>();
  for (const [from, to] of found) for (let number = from; number <= to; number += 1) there.add(number);
  return numbers.filter((number) => !there.has(number)).sort((left, right) => left - right);
}
