// The generator's books. One law, for the run and for each 100 ms: what was offered was answered, failed (by kind), was
// not sent, or is still in flight. Latency counts from the moment at which a request was due.
import { monotonicMs } from '../core/clock.js';
import { bucketOf, LatencyHistogram, mergedPairs } from '../record/histogram.js';
import type { Origin } from './origin.js';
import type { FailureKind, LoadFrameEvent, LoadRow, LoadTotals } from '../record/events.js';

const FRAME_MS = 100;
/** A frame in which nothing happened is written so often, to tell a tier that hangs from a generator that stands still. */
const QUIET_FRAMES = 5;

type Failed = Partial<Record<FailureKind, number>>;
export type BookedFrame = Omit<LoadFrameEvent, 'kind'>;

/** Whose outcome it is: index of the request (-1: none was chosen yet), and what its answer told of its origin. */
export interface Source extends Origin {
  readonly request: number;
}

interface Row extends Source {
  answered: number;
  readonly failed: Failed;
  readonly latency: LatencyHistogram;
}

interface Frame {
  readonly index: number;
  offered: number;
  answered: number;
  unsent: number;
  readonly failed: Failed;
  readonly rows: Row[];
}

export class Books {
  readonly #startMs: number;
  readonly #nowMs: () => number;
  readonly #cpu = process.cpuUsage();
  readonly #lateness = new LatencyHistogram();
  readonly #failed: Failed = {};
  readonly #over: Omit<BookedFrame, 'level'>[] = [];
  #offered = 0;
  #answered = 0;
  #unsent = 0;
  #inFlight = 0;
  #maxLateMs = 0;
  #frame: Frame = emptyFrame(0);
  #quiet = 0;

  constructor(startMs: number, nowMs: () => number = monotonicMs) {
    this.#startMs = startMs;
    this.#nowMs = nowMs;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** A request was due `lateMs` ago and is sent now (`nowMs`, where the caller has just looked). */
  offer(lateMs: number, nowMs = this.#nowMs()): void {
    this.#frameAt(nowMs).offered += 1;
    this.#offered += 1;
    this.#inFlight += 1;
    this.#beLate(lateMs);
  }

  /** A request was due `lateMs` ago, and is not sent: the engine has no room for it, or is too late. undefined: it does not tell. */
  leaveUnsent(lateMs?: number): void {
    const frame = this.#frameAt(this.#nowMs());
    frame.offered += 1;
    frame.unsent += 1;
    this.#offered += 1;
    this.#unsent += 1;
    if (lateMs !== undefined) this.#beLate(lateMs);
  }

  /** Latency counts from when the request was due. */
  answer(latencyMs: number, source: Source, nowMs = this.#nowMs()): void {
    const frame = this.#frameAt(nowMs);
    const row = rowOf(frame, source);
    frame.answered += 1;
    row.answered += 1;
    row.latency.add(bucketOf(latencyMs));
    this.#answered += 1;
    this.#inFlight -= 1;
  }

  fail(kind: FailureKind, source: Source): void {
    const frame = this.#frameAt(this.#nowMs());
    for (const failed of [frame.failed, rowOf(frame, source).failed, this.#failed])
      failed[kind] = (failed[kind] ?? 0) + 1;
    this.#inFlight -= 1;
  }

  /** The frames that have ended since the last call, and in which something happened. */
  turn(level: number): readonly BookedFrame[] {
    this.#frameAt(this.#nowMs());
    return this.#over.splice(0).map((frame) => ({ ...frame, level }));
  }

  /** The same, and the frame that has not ended yet. */
  last(level: number): readonly BookedFrame[] {
    const { index } = this.#frameAt(this.#nowMs());
    this.#close();
    this.#frame = emptyFrame(index + 1);
    return this.turn(level);
  }

  totals(): LoadTotals {
    const failed = Object.values(this.#failed).reduce((sum, count) => sum + count, 0);
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsedMs = Math.max(1, this.#nowMs() - this.#startMs);
    return {
      offered: this.#offered,
      answered: this.#answered,
      failed: { ...this.#failed },
      unsent: this.#unsent,
      inFlight: this.#inFlight,
      balance: this.#offered - this.#answered - failed - this.#unsent - this.#inFlight,
      lateness: {
        p50Ms: round(this.#lateness.percentile(0.5) ?? 0),
        p99Ms: round(this.#lateness.percentile(0.99) ?? 0),
        maxMs: round(this.#maxLateMs),
      },
      cpuShare: Math.round(((user + system) / 1000 / elapsedMs) * 1000) / 1000,
    };
  }

  #beLate(lateMs: number): void {
    this.#lateness.add(bucketOf(lateMs));
    this.#maxLateMs = Math.max(this.#maxLateMs, lateMs);
  }

  /** The frame of this moment; one that has ended is closed first, so that nothing is counted in a frame before its time. */
  #frameAt(nowMs: number): Frame {
    const index = Math.floor((nowMs - this.#startMs) / FRAME_MS);
    if (index > this.#frame.index) {
      this.#close();
      this.#frame = emptyFrame(index);
    }
    return this.#frame;
  }

  #close(): void {
    const { index, offered, answered, unsent, failed, rows } = this.#frame;
    const quiet = offered === 0 && answered === 0 && Object.keys(failed).length === 0;
    this.#quiet = quiet ? this.#quiet + 1 : 0;
    if (quiet && this.#quiet % QUIET_FRAMES !== 0) return;
    const by = rows.map((row) => ({ ...row, latency: row.latency.drain() })) satisfies LoadRow[];
    this.#over.push({
      atMs: this.#startMs + index * FRAME_MS,
      offered,
      answered,
      failed,
      unsent,
      inFlight: this.#inFlight,
      by,
      latency: mergedPairs(by.map((row) => row.latency)),
    });
  }
}

function emptyFrame(index: number): Frame {
  return { index, offered: 0, answered: 0, unsent: 0, failed: {}, rows: [] };
}

/** A frame has few rows: to look through them is cheaper than to make a key. */
function rowOf({ rows }: Frame, { request, node, generation }: Source): Row {
  for (const row of rows) if (row.request === request && row.node === node && row.generation === generation) return row;
  const row = { request, node, generation, answered: 0, failed: {}, latency: new LatencyHistogram() };
  rows.push(row);
  return row;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
