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
  readonly p99Ms?: number;
  /** Absent: it says nothing of when. */
  readonly edges?: Edges;
}

/** Monotonic ms; absent: it saw none. */
export interface Edges {
  readonly firstFailureMs?: number;
  readonly answersAgainMs?: number;
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

/** The end of the longest time without a good answer that was not over before the first failure. */
export function edgesOf(failuresMs: readonly number[], goodMs: readonly number[], stoppedMs: number): Edges {
  const firstFailureMs = earliest(failuresMs);
  if (firstFailureMs === undefined) return {};
  const sorted = [...goodMs].sort((a, b) => a - b);
  let longest = { forMs: -Infinity, untilMs: Infinity };
  for (const [index, fromMs] of sorted.entries()) {
    const next = sorted[index + 1];
    const untilMs = next ?? Infinity;
    const forMs = (next ?? stoppedMs) - fromMs;
    if (untilMs > firstFailureMs && forMs > longest.forMs) longest = { forMs, untilMs };
  }
  return Number.isFinite(longest.untilMs) ? { firstFailureMs, answersAgainMs: longest.untilMs } : { firstFailureMs };
}

function earliest(timesMs: readonly number[]): number | undefined {
  let first: number | undefined;
  for (const atMs of timesMs) if (first === undefined || atMs < first) first = atMs;
  return first;
}
