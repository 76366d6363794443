import { expect, test } from 'vitest';
import { Edges, type Outcome } from '../../../../harness/observe/sentinel/edges.js';

const good = (dueMs: number, endedMs = dueMs + 2): Outcome => ({ dueMs, endedMs, kind: undefined });
const bad = (dueMs: number, endedMs = dueMs + 1): Outcome => ({ dueMs, endedMs, kind: 'refused' });

function edgesOf(outcomes: readonly Outcome[], inARow = 3): readonly unknown[] {
  const edges = new Edges(inARow);
  return outcomes.flatMap((outcome) => {
    const edge = edges.take(outcome);
    return edge ? [[edge.state, edge.atMs]] : [];
  });
}

test('an outage is from when the first request that failed was due to the next good answer', () => {
  const outcomes = [good(0), good(20), bad(40), bad(60), bad(80), bad(100), good(120, 131), good(140)];
  expect(edgesOf(outcomes)).toEqual([
    ['failing', 40],
    ['answering', 131],
  ]);
});

test('one node of several that is down is no outage', () => {
  expect(edgesOf([good(0), bad(20), good(40), bad(60), bad(80), good(100)])).toEqual([]);
});

test('a time-out that ends late still tells when it was due, and one from before a good answer tells nothing', () => {
  const frozen = [good(0), bad(40, 2_040), bad(20, 2_050), bad(60, 2_060), good(900, 2_100)];
  expect(edgesOf(frozen)).toEqual([
    ['failing', 20],
    ['answering', 2_100],
  ]);
  expect(edgesOf([good(500), bad(20, 2_020), bad(40, 2_040), bad(60, 2_060)])).toEqual([]);
});
