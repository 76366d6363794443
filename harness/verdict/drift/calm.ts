// What a node used between two of its restarts, from the samples of each second: its lowest memory, which is the lower
// envelope of a saw tooth, and its middle number of processes and threads. Times in which it did not serve are left out.
import type { SampleEvent } from '../../record/events.js';
import { claimOf } from '../evidence.js';
import type { Receipt } from '../model.js';
import { median } from './trend.js';

/** Samples are kept by the lowest of so long. */
const BUCKET_MS = 2_000;
/** Right after its first answer a server may still be loading. */
const SETTLING_MS = 1_000;
/** A policy acts before its line is read. */
const EARLY_MS = 1_000;

interface Bucket {
  readonly atMs: number;
  memoryBytes: number;
  processes: number;
  threads: number;
}

export interface Calm {
  readonly node: string;
  /** Restarts of the node before it. */
  readonly restarts: number;
  readonly memoryBytes: number;
  readonly processes: number;
  readonly threads: number;
}

export class CalmTimes {
  readonly #buckets = new Map<string, Bucket[]>();

  /** `atMs` since the start of the load. */
  add({ node, memoryBytes, processes, threads }: SampleEvent, atMs: number): void {
    const buckets = this.#buckets.get(node) ?? [];
    this.#buckets.set(node, buckets);
    const last = buckets.at(-1);
    if (last && atMs - last.atMs < BUCKET_MS) {
      last.memoryBytes = Math.min(last.memoryBytes, memoryBytes);
      last.processes = Math.min(last.processes, processes);
      last.threads = Math.min(last.threads, threads);
    } else buckets.push({ atMs, memoryBytes, processes, threads });
  }

  /** Of each node, one after each of its restarts. What was before the first one was booted, not restarted. */
  between(receipts: readonly Receipt[]): readonly Calm[] {
    return [...this.#buckets].flatMap(([node, buckets]) => {
      const own = receipts.filter((receipt) => receipt.node === node);
      return own.flatMap((receipt, index) => {
        const untilMs = (own[index + 1]?.firstBlowMs ?? own[index + 1]?.startedMs ?? Infinity) - EARLY_MS;
        const calm = buckets.filter(({ atMs }) => atMs >= servesFromMs(receipt) && atMs + BUCKET_MS < untilMs);
        if (calm.length === 0) return [];
        return [
          {
            node,
            restarts: index + 1,
            memoryBytes: Math.min(...calm.map(({ memoryBytes }) => memoryBytes)),
            processes: median(calm.map(({ processes }) => processes)),
            threads: median(calm.map(({ threads }) => threads)),
          },
        ];
      });
    });
  }
}

function servesFromMs(receipt: Receipt): number {
  const answers = claimOf(receipt, 'answers');
  return answers.state === 'held' && answers.atMs !== undefined ? answers.atMs + SETTLING_MS : receipt.judgedMs;
}
