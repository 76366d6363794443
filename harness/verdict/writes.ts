// What became of the writes to each node: acknowledged, and there again when the node was read, or lost. Pure.
import type { JournalEvent, ReadBackEvent } from '../record/events.js';

/** A write that was acknowledged and was not there when its node was read. Times are ms of the journal. */
export interface LostWrite {
  readonly number: number;
  readonly acknowledgedMs: number;
  /** When it was last seen; absent: in no reading. */
  readonly seenMs?: number;
  /** When the first reading was asked that does not have it. */
  readonly missedMs: number;
}

export interface NodeWrites {
  readonly node: string;
  /** Number of each acknowledged write -> when its acknowledgement came, ms of the journal; in order. */
  readonly acknowledged: ReadonlyMap<number, number>;
  readonly unknown: number;
  /** As they came. */
  readonly readBacks: readonly ReadBackEvent[];
}

interface Kept {
  readonly acknowledged: Map<number, number>;
  unknown: number;
  readonly readBacks: ReadBackEvent[];
}

export class Writes {
  readonly #nodes: ReadonlyMap<string, Kept>;

  constructor(nodes: readonly string[]) {
    const nothing = (): Kept => ({ acknowledged: new Map(), unknown: 0, readBacks: [] });
    this.#nodes = new Map(nodes.map((node) => [node, nothing()]));
  }

  step(event: JournalEvent): void {
    if (event.kind !== 'written' && event.kind !== 'read-back') return;
    const kept = this.#nodes.get(event.node);
    if (!kept) return;
    if (event.kind === 'read-back') {
      kept.readBacks.push(event);
      return;
    }
    for (const [number, agoMs] of event.acknowledged) kept.acknowledged.set(number, event.atMs - agoMs);
    kept.unknown += event.unknown;
  }

  finish(): readonly NodeWrites[] {
    return [...this.#nodes].map(([node, kept]) => ({ node, ...kept }));
  }
}

/**
 * Acknowledged writes that a reading lacks, by number. `untilOf`: what was acknowledged before then is looked for in this
 * reading; what came later is not yet anybody's promise over a restart.
 */
export function lostWrites(
  { acknowledged, readBacks }: NodeWrites,
  untilOf: (readBack: ReadBackEvent) => number,
): readonly LostWrite[] {
  const lost = new Map<number, LostWrite>();
  const seen = new Map<number, number>();
  for (const readBack of readBacks.filter(({ ok }) => ok)) {
    const there = numbersOf(readBack);
    const untilMs = untilOf(readBack);
    for (const [number, acknowledgedMs] of acknowledged) {
      if (there.has(number)) seen.set(number, readBack.atMs);
      else if (acknowledgedMs < untilMs && !lost.has(number)) {
        const seenMs = seen.get(number);
        lost.set(number, {
          number,
          acknowledgedMs,
          missedMs: readBack.atMs,
          ...(seenMs === undefined ? {} : { seenMs }),
        });
      }
    }
  }
  return [...lost.values()].sort((left, right) => left.number - right.number);
}

function numbersOf({ found }: ReadBackEvent): ReadonlySet<number> {
  const there = new Set<number>();
  for (const [from, to] of found) for (let number = from; number <= to; number += 1) there.add(number);
  return there;
}
