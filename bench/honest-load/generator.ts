// What every generator under comparison is asked for: to load a server until it is told to stop, and to give its own account.
// What it does not tell stays absent; nothing is worked out for it.
import type { LoadTarget } from '../../harness/load/engine.js';
import type { LoadCase } from '../../test/contract/load/cases.js';

/** In its own words and counters. */
export interface Account {
  readonly offered?: number;
  readonly answered?: number;
  /** By the names that it has for them. */
  readonly failed?: Readonly<Record<string, number>>;
  readonly unsent?: number;
  readonly inFlight?: number;
  /** What it says itself that it cannot account for. */
  readonly unknown?: number;
  readonly p99Ms?: number;
  /** Absent: it says nothing of when. */
  readonly seen?: Seen;
}

/** When, monotonic ms, as exactly as it tells. */
export interface Seen {
  readonly failuresMs: readonly number[];
  readonly goodMs: readonly number[];
}

export interface Running {
  stop(): Promise<Account>;
}

export interface Generator {
  readonly name: string;
  /** What it is told to do, for the reader. */
  readonly how: string;
  /** Absent: it can play every case. */
  plays?(outage: LoadCase): boolean;
  start(outage: LoadCase, target: LoadTarget, signal: AbortSignal): Promise<Running>;
}
