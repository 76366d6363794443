// One load on the counting server as a test sees it: what the engine told, waiting for more of it, and its books held
// against the server's.
import { expect } from 'vitest';
import { waitFor } from '../../../harness/core/clock.js';
import type { BookedFrame } from '../../../harness/load/books.js';
import type { LoadEngine, RunningLoad } from '../../../harness/load/engine.js';
import type { LoadPlan } from '../../../harness/plan/plan.js';
import type { FailureKind, LoadTotals, ObservedEvent } from '../../../harness/record/events.js';
import { WAIT_MS } from './cases.js';
import { lawBrokenBy } from './law.js';
import type { CountingServer } from './served.js';

const GRACE_MS = 5_000;

type Observed<K> = Extract<ObservedEvent, { kind: K }>;

export class Drive {
  readonly frames: BookedFrame[] = [];
  readonly events: Observed<'load'>[] = [];
  readonly abort = new AbortController();
  #load: RunningLoad | undefined;

  constructor(
    readonly engine: LoadEngine,
    readonly plan: LoadPlan,
    readonly target: { readonly host: string; readonly port: number },
  ) {}

  get load(): RunningLoad {
    if (!this.#load) throw new Error('not started');
    return this.#load;
  }

  async start(seed = 1): Promise<this> {
    const { engine, plan, target } = this;
    this.#load = await engine.start(plan, seed, target, (event) => this.#take(event), this.abort.signal);
    return this;
  }

  #take(event: ObservedEvent): void {
    if (event.kind === 'load') this.events.push(event);
    if (event.kind === 'load-frame') this.frames.push(event as BookedFrame);
  }

  sum(of: (frame: BookedFrame) => number): number {
    return this.frames.reduce((sum, frame) => sum + of(frame), 0);
  }

  until(what: string, isTrue: () => boolean): Promise<true> {
    return waitFor(
      () =>
        isTrue() ? { done: true, value: true } : { done: false, evidence: JSON.stringify(this.frames.at(-1) ?? null) },
      { what, deadlineMs: WAIT_MS, everyMs: 10 },
    );
  }

  answered(count: number): Promise<true> {
    return this.until(`${count} answers`, () => this.sum((frame) => frame.answered) >= count);
  }

  /** Stops, and checks what must hold at the end of every run. */
  async stop(): Promise<LoadTotals> {
    const totals = await this.load.stop(GRACE_MS);
    expect(lawBrokenBy(this.frames, totals)).toEqual([]);
    expect(totals.inFlight).toBe(0);
    expect(this.events.at(-1)).toMatchObject({ state: 'stopped', totals });
    return totals;
  }
}

export function kindsOf({ failed }: LoadTotals): readonly FailureKind[] {
  return Object.keys(failed).sort() as FailureKind[];
}

/** Requests whose answer may have been on its way when the connection broke. */
export function cut({ failed }: LoadTotals): number {
  return (failed.eof ?? 0) + (failed.reset ?? 0) + (failed.timeout ?? 0);
}

/**
 * What the server knows must be in the books: whatever it read was offered and not refused, and only answers on a
 * connection that broke can be missing at the client.
 */
export function agreesWith(server: CountingServer, totals: LoadTotals): void {
  for (const count of [unreadBy(server, totals), server.completed - totals.answered]) {
    expect(count).toBeGreaterThanOrEqual(0);
    expect(count).toBeLessThanOrEqual(cut(totals));
  }
}

/** Requests that went out, and of which the server says nothing. */
export function unreadBy(server: CountingServer, { offered, unsent, failed }: LoadTotals): number {
  return offered - unsent - (failed.refused ?? 0) - server.received;
}

export function answeredBy(load: Drive, generation: string): number {
  const rows = load.frames.flatMap(({ by }) => by ?? []).filter((row) => row.generation === generation);
  return rows.reduce((sum, { answered }) => sum + answered, 0);
}
