// Two samples against each other: right to the last digit where it can be counted out, and neither blind nor afraid.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../harness/core/random.js';
import { holm, rankTest } from '../../../harness/history/rank-test.js';

/** By trying each way to deal the values to two samples. */
function byEnumeration(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const rank = (value: number): number =>
    all.filter((each) => each < value).length + (all.filter((each) => each === value).length + 1) / 2;
  const ranks = all.map(rank);
  const middle = (b.length * (all.length + 1)) / 2;
  const far = (chosen: readonly number[]): number => Math.abs(chosen.reduce((sum, at) => sum + ranks[at]!, 0) - middle);
  const seen = far(b.map((_, nth) => a.length + nth));
  let [extreme, ways] = [0, 0];
  for (let bits = 0; bits < 2 ** all.length; bits += 1) {
    const chosen = all.flatMap((_, at) => ((bits >> at) & 1 ? [at] : []));
    if (chosen.length !== b.length) continue;
    ways += 1;
    if (far(chosen) >= seen - 1e-9) extreme += 1;
  }
  return extreme / ways;
}

describe('the rank test', () => {
  it.each([
    [[1, 2, 3], [4, 5, 6], 0.1],
    [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 2 / 252],
    [[1, 3, 5, 7], [2, 4, 6, 8], 0.6857142857],
  ])('of %j and %j has the chance that the tables have', (a, b, p) => {
    expect(rankTest(a, b).p).toBeCloseTo(p, 9);
  });

  it.each([
    [
      [1, 1, 2, 5],
      [1, 2, 2, 9, 9],
    ],
    [
      [3, 3, 3],
      [3, 3, 4],
    ],
    [
      [10, 12, 9, 11, 10],
      [14, 12, 13, 10, 15],
    ],
  ])('counts ties out: %j and %j', (a, b) => {
    expect(rankTest(a, b).p).toBeCloseTo(byEnumeration(a, b), 9);
  });

  it('goes over into the approximation without a jump', () => {
    const values = (count: number, more: number): readonly number[] =>
      Array.from({ length: count }, (_, nth) => ((nth * 7) % count) + more);
    const [counted, approximated] = [rankTest(values(20, 0), values(20, 4)), rankTest(values(21, 0), values(21, 4))];
    expect(approximated.p / counted.p).toBeGreaterThan(0.7);
    expect(approximated.p / counted.p).toBeLessThan(1.4);
  });

  it('tells how large the difference is, and the least chance that so few values can give', () => {
    const test = rankTest([100, 110, 120], [400, 410, 420]);
    expect(test).toMatchObject({ shift: 300, delta: 1, leastP: 0.1 });
    expect(rankTest([400, 410], [100, 110]).delta).toBe(-1);
  });

  it('raises a false alarm in one of twenty samples that are alike, at the most', () => {
    let alarms = 0;
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const random = seededRandom(seed);
      const draw = (): readonly number[] => Array.from({ length: 8 }, () => 500 - 80 * Math.log(1 - random.next()));
      if (rankTest(draw(), draw()).p <= 0.05) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(60);
    expect(alarms).toBeGreaterThan(20);
  });

  it('holds each chance against the number of those that were tested with it', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([0.6, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
