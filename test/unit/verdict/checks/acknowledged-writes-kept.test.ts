// What a node had acknowledged and does not have any more; and when nothing can be said about it.
import { expect, test } from 'vitest';
import type { WritesPlan } from '../../../../harness/plan/plan.js';
import type { JournalEvent } from '../../../../harness/record/events.js';
import { judgeEnvironment } from '../../../../harness/verdict/judge.js';
import { JournalBuilder } from '../journal-builder.js';
import { planFor } from '../test-plan.js';

const WRITES: WritesPlan = {
  everyMs: 100,
  write: { method: 'POST', path: '/cart', headers: {}, body: '{id}' },
  read: { path: '/cart', headers: {} },
};
const CHECK = 'acknowledged-writes-kept';

interface Told {
  /** Numbers that web-1 had acknowledged 1 s before its kill. */
  readonly before?: number;
  readonly found?: readonly (readonly [number, number])[];
  readonly ok?: boolean;
  readonly isRead?: boolean;
  readonly writes?: WritesPlan | undefined;
}

async function found({ before = 4, found: kept = [[0, 9]], ok = true, isRead = true, ...more }: Told) {
  const { writes = WRITES } = more;
  const plan = planFor('writes' in more && more.writes === undefined ? {} : { writes });
  const journal = new JournalBuilder(plan);
  journal.steady();
  const written = (from: number, to: number): JournalEvent => ({
    ...{ kind: 'written', node: 'web-1', atMs: journal.nowMs, unknown: 0 },
    acknowledged: Array.from({ length: to - from }, (_, nth) => [from + nth, 0] as const),
  });
  if (before > 0) journal.events.push(written(0, before));
  journal.pass(1_000).killAndReturn().pass(10_000);
  journal.events.push(written(before, 10));
  if (isRead)
    journal.events.push({
      ...{ kind: 'read-back', node: 'web-1', atMs: journal.nowMs, ok, found: ok ? kept : [], twice: [] },
      evidence: ok ? 'GET /cart' : 'GET /cart: status 500',
    });
  const { findings } = await judgeEnvironment(plan, journal.end({}));
  return findings.filter(({ check }) => check === CHECK).map(({ severity, message }) => `${severity}: ${message}`);
}

test('all that was acknowledged is there again', async () => {
  expect(await found({})).toEqual([]);
  expect(await found({ found: [[0, 40]] })).toEqual([]);
});

test('what was acknowledged before a restart and is gone is lost, with when it was and which restart came next', async () => {
  expect(await found({ found: [[4, 9]] })).toEqual([
    expect.stringMatching(
      /^fail: web-1 lost 4 of 10 writes that it had acknowledged \(at .* s; its next restart was at .* s\)\.$/,
    ),
  ]);
  expect(
    await found({
      found: [
        [0, 2],
        [4, 9],
      ],
    }),
  ).toEqual([expect.stringContaining('lost 1 of 10 writes')]);
});

test('what was acknowledged after the last restart can be lost too', async () => {
  expect(await found({ found: [[0, 8]] })).toEqual([
    expect.stringMatching(/^fail: web-1 lost 1 of 10 writes that it had acknowledged \(at .* s\)\.$/),
  ]);
});

test('a node that cannot be read, or was never asked, proves nothing', async () => {
  expect(await found({ ok: false })).toEqual([
    'inconclusive: What web-1 still has of its writes could not be read: GET /cart: status 500.',
  ]);
  expect(await found({ isRead: false })).toEqual([
    'inconclusive: What web-1 still has of its writes could not be read: the writer was not there to ask for it.',
  ]);
});

test('a restart before which nothing had been acknowledged proves nothing', async () => {
  expect(await found({ before: 0 })).toEqual([
    expect.stringMatching(
      /^inconclusive: Nothing that web-1 had acknowledged was there to lose at its restart at .* s\.$/,
    ),
  ]);
});

test('where nobody writes there is nothing to judge', async () => {
  expect(await found({ writes: undefined, isRead: false })).toEqual([]);
});
