// The generator's books. One law, for the run and for each 100 ms: what was offered was answered, failed (by kind), was
// not sent, or is still in flight. Latency counts from the moment at which a request was due.
import { monotonicMs } from '../core/clock.js';
import { bucketOf, LatencyHistogram } from '../record/histogram.js';
import type { FailureKind, LoadFrameEvent, LoadTotals } from '../record/events.js';

const FRAME_MS = 100;
/** A frame in which nothing happened is written so often, to tell a tier that hangs from a generator that stands still. */
const QUIET_FRAMES = 5;

type Failed = Partial<Record<FailureKind, number>>;

interface Frame {
  offered: number;
  answered: number;
  readonly failed: Failed;
  readonly latency: LatencyHistogram;
}

export class Books {
  readonly #startMs: number;
  readonly #cpu = process.cpuUsage();
  readonly #lateness = new LatencyHistogram();
  readonly #failed: Failed = {};
  #offered = 0;
  #answered = 0;
  #inFlight = 0;
  #maxLateMs = 0;
  #frame: Frame = emptyFrame();
  #frameIndex = 0;
  #quiet = 0;

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** A request was due `lateMs` ago and is sent now. */
  offer(lateMs: number): void {
    this.#offered += 1;
    this.#inFlight += 1;
    this.#frame.offered += 1;
    this.#lateness.add(bucketOf(lateMs));
    this.#maxLateMs = Math.max(this.#maxLateMs, lateMs);
  }

  answer(latencyMs: number): void {
    this.#answered += 1;
    this.#inFlight -= 1;
    this.#frame.answered += 1;
    this.#frame.latency.add(bucketOf(latencyMs));
  }

  fail(kind: FailureKind): void {
    this.#inFlight -= 1;
    this.#failed[kind] = (this.#failed[kind] ?? 0) + 1;
    this.#frame.failed[kind] = (this.#frame.failed[kind] ?? 0) + 1;
  }

  /** The frame that has ended, if one has and anything happened in it. Call it often; a late call makes a longer frame. */
  turn(users: number): Omit<LoadFrameEvent, 'kind'> | undefined {
    const index = Math.floor((monotonicMs() - this.#startMs) / FRAME_MS);
    if (index === this.#frameIndex) return undefined;
    const frame = this.#close(users);
    this.#frameIndex = index;
    return frame;
  }

  /** What is in the frame that has not ended yet. */
  last(users: number): Omit<LoadFrameEvent, 'kind'> | undefined {
    return this.#close(users);
  }

  #close(users: number): Omit<LoadFrameEvent, 'kind'> | undefined {
    const { offered, answered, failed, latency } = this.#frame;
    const atMs = this.#startMs + this.#frameIndex * FRAME_MS;
    const quiet = offered === 0 && answered === 0 && Object.keys(failed).length === 0;
    this.#frame = emptyFrame();
    this.#quiet = quiet ? this.#quiet + 1 : 0;
    return quiet && this.#quiet % QUIET_FRAMES !== 0
      ? undefined
      : { atMs, offered, answered, failed, unsent: 0, inFlight: this.#inFlight, users, latency: latency.drain() };
  }

  totals(): LoadTotals {
    const failed = Object.values(this.#failed).reduce((sum, count) => sum + count, 0);
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsedMs = Math.max(1, monotonicMs() - this.#startMs);
    return {
      offered: this.#offered,
      answered: this.#answered,
      failed: this.#failed,
      unsent: 0,
      inFlight: this.#inFlight,
      balance: this.#offered - this.#answered - failed - this.#inFlight,
      lateness: {
        p50Ms: round(this.#lateness.percentile(0.5) ?? 0),
        p99Ms: round(this.#lateness.percentile(0.99) ?? 0),
        maxMs: round(this.#maxLateMs),
      },
      cpuShare: Math.round(((user + system) / 1000 / elapsedMs) * 1000) / 1000,
    };
  }
}

function emptyFrame(): Frame {
  return { offered: 0, answered: 0, failed: {}, latency: new LatencyHistogram() };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
