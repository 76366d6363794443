// Time. Monotonic milliseconds are comparable between all processes of this machine (CLOCK_MONOTONIC), so that the
// times of generator, prober, log reader and controller can be subtracted from one another.
import { setTimeout as delay } from 'node:timers/promises';
import { HarnessError } from './errors.js';

/** Milliseconds of CLOCK_MONOTONIC, with fractions. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** wall clock minus monotonic clock, in ms: turns a log's time stamp into monotonic time. */
export function wallOffsetMs(): number {
  return Date.now() - monotonicMs();
}

/** Sleeps; rejects with the signal's reason when aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(Math.max(0, ms), undefined, signal ? { signal } : {});
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw error;
  }
}

export interface WaitOptions {
  /** What is waited for, as a noun phrase: "web-1 to answer". */
  readonly what: string;
  readonly deadlineMs: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
}

/** What one look returned: done with a value, or not yet with the evidence of why. */
export type Look<T> = { readonly done: true; readonly value: T } | { readonly done: false; readonly evidence: string };

/** Looks again and again until done or past the deadline; the error keeps the last evidence. */
export async function waitFor<T>(look: () => Promise<Look<T>> | Look<T>, options: WaitOptions): Promise<T> {
  const startedAt = monotonicMs();
  for (;;) {
    options.signal?.throwIfAborted();
    const seen = await look();
    if (seen.done) return seen.value;
    const waitedMs = monotonicMs() - startedAt;
    if (waitedMs > options.deadlineMs) {
      throw new HarnessError('timed-out', `waited ${String(Math.round(options.deadlineMs))} ms for ${options.what}`, {
        evidence: seen.evidence,
      });
    }
    await sleep(options.everyMs ?? 50, options.signal);
  }
}
