// A matrix against the stored one: what counts as changed, and the exit code that follows.
import { expect, test } from 'vitest';
import { compare, updated } from '../../../harness/matrix/compare.js';
import { exitOf } from '../../../harness/matrix/result.js';
import { storedText } from '../../../harness/matrix/stored.js';
import type { CellOutcome } from '../../../harness/matrix/outcome.js';
import { outcome } from './plug-ins.js';

const a = outcome('systemd/unicorn/kill-master');
const lost = outcome('runit/unicorn/kill-master', {
  verdict: 'fail',
  broken: ['supervised', 'settled'],
  recoveredMs: null,
  reason: 'why',
});

function exit(
  cells: readonly CellOutcome[],
  stored: readonly CellOutcome[] | null,
  over: Partial<Parameters<typeof exitOf>[0]> = {},
) {
  const comparison = stored ? compare(stored, cells) : null;
  return exitOf({ cells, missing: [], comparison, leftBehind: [], stoppedBy: null, ...over }).exitCode;
}

test('seconds, reasons and the order of cells are not compared', () => {
  const later = [
    { ...lost, reason: 'other words', tookMs: 99_000 },
    { ...a, recoveredMs: 9_000 },
  ];
  expect(compare([a, lost], later)).toEqual({ changed: [], unsaid: [], fresh: [], same: 2 });
  expect(exit(later, [a, lost])).toBe(0);
});

test.each([
  ['another verdict', { ...a, verdict: 'fail', broken: ['answers'] } as const],
  ['it does not boot any more', { ...a, verdict: 'not-booted' } as const],
  ['it cannot be planned any more', { ...a, verdict: 'not-applicable' } as const],
])('%s is a change, and fails', (_name, now) => {
  const { changed } = compare([a], [now]);
  expect(changed).toMatchObject([{ id: a.id, was: 'pass' }]);
  expect(exit([now], [a])).toBe(99);
});

test('another broken claim with the same verdict is a change', () => {
  const now = { ...lost, broken: ['supervised', 'owns-socket'] } as const;
  expect(compare([lost], [now]).changed).toEqual([
    { id: lost.id, was: 'fail: supervised, settled', is: 'fail: supervised, owns-socket', reason: 'why' },
  ]);
});

test('where every claim was kept, the failed checks are compared', () => {
  const cut = outcome('trap/t/broken', { verdict: 'fail', checks: ['budgets'] });
  expect(compare([cut], [{ ...cut, checks: ['deaths-accounted-for'] }]).changed).toHaveLength(1);
});

test('a trap that does not do what its scenario says fails, stored or not', () => {
  const trap = outcome('trap/t/broken', { verdict: 'pass', expected: { verdict: 'fail', asExpected: false } });
  expect(exit([trap], [])).toBe(99);
  expect(exit([trap], [trap])).toBe(99);
});

test('inconclusive is no change; more than 2 of 100 are exit 100', () => {
  const dim = { ...a, verdict: 'inconclusive' } as const;
  expect(compare([a], [dim])).toMatchObject({ changed: [], unsaid: [{ id: a.id }] });
  expect(exit([dim], [a])).toBe(100);
  const many = Array.from({ length: 99 }, (_, index) => outcome(`systemd/unicorn/path-${index}`));
  expect(exit([dim, ...many], [a, ...many])).toBe(0);
  expect(exit([dim], null)).toBe(100);
});

test('new cells are named and do not fail; a stop goes before a change, a change before what was left behind', () => {
  expect(compare([], [a]).fresh).toEqual([a.id]);
  expect(exit([a], [])).toBe(0);
  expect(exit([lost], [{ ...lost, verdict: 'pass' }], { stoppedBy: 130 })).toBe(130);
  expect(exit([lost], [{ ...lost, verdict: 'pass' }], { leftBehind: ['container x'] })).toBe(99);
  expect(exit([lost], [lost], { leftBehind: ['container x'] })).toBe(103);
});

test('an update keeps the other cells, in the order of the table, and drops those that are gone', () => {
  const gone = outcome('upstart/unicorn/kill-master');
  const now = { ...lost, verdict: 'pass', broken: [] } as const;
  const next = updated([a, lost, gone], [now], [lost.id, a.id]);
  expect(next).toEqual([now, a]);
  const stored = JSON.parse(storedText(next)) as { cells: CellOutcome[] };
  expect(compare(stored.cells, [now, a])).toMatchObject({ changed: [], same: 2 });
});

test('an update does not forget what is known for a run that could say nothing', () => {
  const unsaid = { ...a, verdict: 'inconclusive' } as const;
  expect(updated([a], [unsaid], [a.id])).toEqual([a]);
  expect(updated([], [unsaid], [a.id])).toEqual([unsaid]);
});
