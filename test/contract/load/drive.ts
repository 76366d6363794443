// One load on the counting server as a test sees it: what the engine told, waiting for more of it, and its books held
// against the server's.
import { expect } from 'vitest';
import { waitFor } from '../../../harness/core/clock.js';
import type { BookedFrame } from '../../../harness/load/books.js';
import type { LoadEngine, RunningLoad } from '../../../harness/load/engine.js';
import type { LoadPlan } from '../../../harness/plan/load-plan.js';
import { boundOf } from '../../../harness/record/histogram.js';
import type { FailureKind, LoadTotals, ObservedEvent } from '../../../harness/record/events.js';
import { WAIT_MS } from './cases.js';
import { failedIn, lawBrokenBy } from './law.js';
import type { CountingServer } from './served.js';

/** For what is in flight; k6 takes all of it where a server does not answer. */
const GRACE_MS = { k6: 3_000, own: 20_000 };
/** As docs/load.md has it. */
const K6_TOLERANCE = 2;

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

  answeredMore(count: number): Promise<true> {
    return this.answered(this.sum((frame) => frame.answered) + count);
  }

  ended(count: number): Promise<true> {
    const ends = (): number => this.sum((frame) => frame.answered + failedIn(frame));
    const wanted = ends() + count;
    return this.until(`${count} more ends`, () => ends() >= wanted);
  }

  /** Stops, and checks what must hold at the end of every run. */
  async stop(): Promise<LoadTotals> {
    const isK6 = this.engine.name === 'k6';
    const totals = await this.load.stop(isK6 ? GRACE_MS.k6 : GRACE_MS.own);
    expect(lawBrokenBy(this.frames, { ...totals, balance: 0 })).toEqual([]);
    expect(Math.abs(totals.balance)).toBeLessThanOrEqual(isK6 ? K6_TOLERANCE : 0);
    // k6 has no way to stop offering and wait: what it cuts off at the end stays in flight.
    if (!isK6) expect(totals.inFlight).toBe(0);
    expect(this.events.at(-1)).toMatchObject({ state: 'stopped', totals });
    return totals;
  }
}

export function kindsOf({ failed }: LoadTotals): readonly FailureKind[] {
  return Object.keys(failed).sort() as FailureKind[];
}

/** Requests whose answer may have been on its way when the connection broke, or when k6 was ended. */
export function cut({ failed, inFlight }: LoadTotals): number {
  return (failed.eof ?? 0) + (failed.reset ?? 0) + (failed.timeout ?? 0) + inFlight;
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

/** Of all answers in the frames that `matches` takes: upper bounds of the buckets, sorted. */
export function latenciesOf(load: Drive, matches: (frame: BookedFrame) => boolean): readonly number[] {
  const buckets = load.frames.filter(matches).flatMap(({ latency }) => latency);
  return buckets
    .flatMap(([bucket, count]) => new Array<number>(count).fill(boundOf(bucket)))
    .sort((left, right) => left - right);
}
