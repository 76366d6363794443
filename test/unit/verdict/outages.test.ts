// The edges of an outage, from the sentinel's words to the result and the story.
import { expect, test } from 'vitest';
import { judgeEnvironment } from '../../../harness/verdict/judge.js';
import { JournalBuilder } from './journal-builder.js';

function sentinel(journal: JournalBuilder, state: 'failing' | 'answering'): JournalBuilder {
  const evidence = state === 'failing' ? 'the first one: refused' : '7 requests had failed';
  return journal.add({ kind: 'sentinel', atMs: journal.nowMs, state, evidence });
}

test('an outage is told with both its edges, counted from the start of the load', async () => {
  const journal = new JournalBuilder().steady();
  sentinel(journal, 'failing').pass(1_300);
  sentinel(journal, 'answering').killAndReturn().pass(10_000);
  const { outages, timeline } = await judgeEnvironment(journal.plan, journal.end());
  expect(outages).toEqual([{ fromMs: 5_000, toMs: 6_300, isOver: true, firstFailure: 'the first one: refused' }]);
  expect(timeline.filter(({ text }) => text.includes('sentinel')).map(({ atMs, tone }) => [atMs, tone])).toEqual([
    [5_000, 'bad'],
    [6_300, 'good'],
  ]);
});

test('one that is not over at the end lasts until then; the taking down of the tier is none', async () => {
  const journal = new JournalBuilder().steady().killAndReturn().pass(10_000);
  const failing = sentinel(journal, 'failing').pass(500);
  expect((await judgeEnvironment(failing.plan, failing.end())).outages).toMatchObject([{ isOver: false }]);

  const whole = new JournalBuilder().steady().killAndReturn().pass(10_000);
  const events = [...whole.end()];
  const last = events.pop()!;
  events.push({ kind: 'sentinel', atMs: last.atMs, state: 'failing', evidence: 'the first one: refused' }, last);
  expect((await judgeEnvironment(whole.plan, events)).outages).toEqual([]);
});
