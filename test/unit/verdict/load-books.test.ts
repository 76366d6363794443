// Which lines of the balancer's log are missing, and which had no time to come.
import { expect, it } from 'vitest';
import type { JournalEvent } from '../../../harness/record/events.js';
import { LoadBooks } from '../../../harness/verdict/load-books.js';

const EVERY_MS = 100;
const PER_FRAME = 5;

/** Frames until `untilMs`, lines until `linesUntilMs`; a journal that broke off has no totals. */
function books(untilMs: number, linesUntilMs: number): LoadBooks {
  const kept = new LoadBooks();
  for (let atMs = 0; atMs < untilMs; atMs += EVERY_MS) {
    const counts = { offered: PER_FRAME, answered: PER_FRAME, failed: {}, unsent: 0, inFlight: 0 };
    kept.step({ kind: 'load-frame', atMs, ...counts, by: [], latency: [], level: 1 });
    const cell = { node: 'web-1', generation: null, outcome: 'ok', status: 200, count: PER_FRAME, retried: 0 };
    if (atMs < linesUntilMs) kept.step({ kind: 'traffic', atMs, cells: [cell] } as JournalEvent);
  }
  return kept;
}

it('a journal that broke off lacks the lines of its last moments, and that is no loss', () => {
  expect(books(20_000, 20_000).missingLines()).toBe(0);
  expect(books(20_000, 19_000).missingLines()).toBe(0);
});

it('lines that had time to come are missing', () => {
  expect(books(20_000, 10_000).missingLines()).toBeGreaterThanOrEqual((PER_FRAME * 7_000) / EVERY_MS);
});
