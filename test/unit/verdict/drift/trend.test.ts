import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../harness/core/random.js';
import { median, trendOf, upperTail } from '../../../../harness/verdict/drift/trend.js';

const line = (ys: readonly number[]) => ys.map((y, x) => ({ x, y }));

describe('the trend of a series', () => {
  it('is the median of all slopes, which one wild value does not move', () => {
    expect(trendOf([line([0, 3, 6, 9, 500, 15, 18])])?.slope).toBe(3);
  });

  it('has the chance that the tables give', () => {
    // Ten values that only rise: S = 45, variance 10 * 9 * 25 / 18 = 125, Z = 44 / 11.180 = 3.9355.
    expect(trendOf([line([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])])?.pRising).toBeCloseTo(4.151e-5, 7);
    expect(upperTail(1.6448536)).toBeCloseTo(0.05, 6);
    expect(upperTail(-1.6448536)).toBeCloseTo(0.95, 6);
    expect(upperTail(3.0902323)).toBeCloseTo(0.001, 6);
  });

  it('compares within a block only: nodes that differ are no trend', () => {
    const apart = [line([1, 1, 1, 1]), line([100, 100, 100, 100]).map(({ x, y }) => ({ x: x + 10, y }))];
    expect(trendOf(apart)).toMatchObject({ slope: 0, pRising: 1 });
  });

  it('has the variance of Kendall with ties, as the count over all orders gives it', () => {
    const ys = [0, 0, 1, 1, 2];
    let sum = 0;
    let count = 0;
    for (const order of permutations(ys)) {
      let s = 0;
      for (let j = 1; j < order.length; j += 1) for (let i = 0; i < j; i += 1) s += Math.sign(order[j]! - order[i]!);
      sum += s * s;
      count += 1;
    }
    // S is 8 for the sorted order, and the test takes one off for continuity.
    const z = 7 / Math.sqrt(sum / count);
    expect(trendOf([line(ys)])?.pRising).toBeCloseTo(upperTail(z), 9);
  });

  it('cries wolf as rarely as it says, over many series without a trend', () => {
    const random = seededRandom(7).fork('no trend');
    let alarms = 0;
    for (let nth = 0; nth < 2_000; nth += 1) {
      const blocks = [1, 2, 3, 4].map(() => line(Array.from({ length: 6 }, () => random.next())));
      if ((trendOf(blocks)?.pRising ?? 1) <= 0.05) alarms += 1;
    }
    expect(alarms / 2_000).toBeGreaterThan(0.02);
    expect(alarms / 2_000).toBeLessThan(0.07);
  });

  it('needs two values of a block that differ in x', () => {
    expect(trendOf([])).toBeUndefined();
    expect(trendOf([[{ x: 1, y: 2 }], [{ x: 2, y: 3 }]])).toBeUndefined();
  });
});

describe('the median', () => {
  it('is the middle, or between the two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

function* permutations(values: readonly number[]): Generator<readonly number[]> {
  if (values.length <= 1) {
    yield values;
    return;
  }
  for (const [index, value] of values.entries()) {
    for (const rest of permutations(values.filter((_, other) => other !== index))) yield [value, ...rest];
  }
}
