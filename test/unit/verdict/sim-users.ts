// The users of the journal builder: which request each of them sent, how long its answer took, whether it was right.
import type { FailureKind, LoadFrameEvent, LoadRow } from '../../../harness/record/events.js';
import { bucketOf } from '../../../harness/record/histogram.js';

export interface Served {
  readonly node: string;
  readonly generation: string;
  readonly count: number;
}

/** Tests change how a node answers a request (by its index in the plan). */
export class SimUsers {
  latencyMs: (node: string, request: number) => number = () => 115;
  /** Part of the answers that are wrong, 0..1. */
  wrong: (node: string, request: number) => number = () => 0;
  readonly #wrongSoFar = new Map<string, number>();

  constructor(readonly requests: number) {}

  /** One row per node and request; what does not divide is the first request's. */
  rows(served: readonly Served[], refused: number): readonly LoadRow[] {
    const each = (count: number, request: number): number =>
      Math.floor(count / this.requests) + (request === 0 ? count % this.requests : 0);
    const rows = served.flatMap(({ node, generation, count }) =>
      Array.from({ length: this.requests }, (_, request): LoadRow => {
        const sent = each(count, request);
        const wrong = this.#wrongOf(`${node} ${request}`, sent * this.wrong(node, request));
        const answered = sent - wrong;
        const failed: Partial<Record<FailureKind, number>> = wrong > 0 ? { 'wrong-answer': wrong } : {};
        const latency = answered > 0 ? [[bucketOf(this.latencyMs(node, request)), answered] as const] : [];
        return { request, node, generation, answered, failed, latency };
      }),
    );
    const lost: LoadRow[] =
      refused > 0
        ? [{ request: 0, node: null, generation: null, answered: 0, failed: { 'http-5xx': refused }, latency: [] }]
        : [];
    return [...rows.filter((row) => row.answered > 0 || Object.keys(row.failed).length > 0), ...lost];
  }

  /** The frame of these 100 ms, its parts added up. */
  frame(atMs: number, served: readonly Served[], refused: number): LoadFrameEvent {
    const by = this.rows(served, refused);
    const failed: Partial<Record<FailureKind, number>> = {};
    for (const row of by)
      for (const [kind, count] of Object.entries(row.failed) as [FailureKind, number][])
        failed[kind] = (failed[kind] ?? 0) + count;
    const answered = by.reduce((sum, row) => sum + row.answered, 0);
    const lost = Object.values(failed).reduce((sum, count) => sum + count, 0);
    const offered = answered + lost;
    const latency = by.flatMap((row) => row.latency);
    return { kind: 'load-frame', atMs, offered, answered, failed, unsent: 0, inFlight: 10, level: 60, by, latency };
  }

  /** Whole ones; the rest is carried over to the next frame. */
  #wrongOf(key: string, more: number): number {
    const sum = (this.#wrongSoFar.get(key) ?? 0) + more;
    this.#wrongSoFar.set(key, sum - Math.floor(sum));
    return Math.floor(sum);
  }
}
