// The edges of an outage, from frames of 100 ms: whoever tries again after each back-off sees both of them, and its own
// books say by how much it was late itself.
import { expect } from 'vitest';
import type { LoadTotals } from '../../../harness/record/events.js';
import type { Drive } from './drive.js';
import { failedIn } from './law.js';

const FRAME_MS = 100;

export interface Outage {
  readonly killedMs: number;
  /** The dead process is gone from here on. */
  readonly deadMs: number;
  /** By the server's own log. */
  readonly listeningMs: number;
  readonly firstServedMs: number;
}

/** `tryMs`: there is another try after so long, whatever became of the one before. */
export function edgesAreSeen(
  { frames }: Drive,
  { lateness }: LoadTotals,
  { killedMs, deadMs, listeningMs, firstServedMs }: Outage,
  tryMs: number,
): void {
  const withinMs = tryMs + lateness.maxMs;
  const told = `a try each ${tryMs} ms, late by up to ${lateness.maxMs} ms`;
  const failing = frames.filter((frame) => failedIn(frame) > 0).map(({ atMs }) => atMs);
  const first = failing[0] ?? Infinity;
  expect(first + FRAME_MS, told).toBeGreaterThanOrEqual(killedMs);
  expect(first, told).toBeLessThanOrEqual(deadMs + withinMs);
  expect((failing.at(-1) ?? 0) + FRAME_MS, told).toBeGreaterThanOrEqual(listeningMs - withinMs);

  const answering = frames.find(({ atMs, answered }) => atMs > deadMs + FRAME_MS && answered > 0)?.atMs ?? Infinity;
  expect(answering + FRAME_MS, told).toBeGreaterThanOrEqual(firstServedMs);
  expect(answering, told).toBeLessThanOrEqual(firstServedMs + lateness.maxMs);

  // In between it never stopped looking.
  const tries = frames.filter(({ atMs, offered }) => atMs >= first && atMs <= answering && offered > 0);
  for (const [index, { atMs }] of tries.entries())
    expect(atMs - (tries[index - 1]?.atMs ?? atMs), told).toBeLessThanOrEqual(2 * FRAME_MS + withinMs);
}
