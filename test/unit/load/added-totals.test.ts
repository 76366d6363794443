// A load that was changed is one load in the books: all that was offered is in them.
import { expect, it } from 'vitest';
import { addedTotals } from '../../../harness/load/added-totals.js';
import type { LoadTotals } from '../../../harness/record/events.js';

const totals = (more: Partial<LoadTotals>): LoadTotals => ({
  offered: 100,
  answered: 95,
  failed: { eof: 3 },
  unsent: 1,
  inFlight: 1,
  balance: 0,
  lateness: { p50Ms: 1, p99Ms: 9, maxMs: 20 },
  cpuShare: 0.1,
  ...more,
});

it('adds what is counted, and keeps the worse of what is measured', () => {
  const second = totals({ failed: { eof: 1, reset: 2 }, lateness: { p50Ms: 2, p99Ms: 5, maxMs: 30 }, cpuShare: 0.05 });
  expect(addedTotals(totals({ doubts: ['it slept'] }), second)).toEqual({
    ...{ offered: 200, answered: 190, failed: { eof: 4, reset: 2 }, unsent: 2, inFlight: 2, balance: 0 },
    ...{ lateness: { p50Ms: 2, p99Ms: 9, maxMs: 30 }, cpuShare: 0.1, tolerance: 0, doubts: ['it slept'] },
  });
});

it('books that do not balance are not made good by others, nor by each other', () => {
  expect(addedTotals(totals({ balance: 2 }), totals({ balance: -2 })).balance).toBe(4);
  expect(addedTotals(undefined, totals({}))).toEqual(totals({}));
});
