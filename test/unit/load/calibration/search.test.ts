// The search for the highest honest level, on machines that are made up: how near it comes, and what does not mislead it.
import { describe, expect, it } from 'vitest';
import { highestHonest, type Sample } from '../../../../harness/load/calibration/search.js';

const BOUNDS = { from: 100, most: 25_600, growth: 4, halvings: 3 };
const always = (): boolean => true;

/** Generates honestly up to `limit`, but for the measurements (counted from 1) that something else disturbed. */
function machine(limit: number, disturbed: readonly number[] = []) {
  const levels: number[] = [];
  const measure = (level: number): Promise<Sample> => {
    levels.push(level);
    const isHonest = level <= limit && !disturbed.includes(levels.length);
    return Promise.resolve({
      level,
      perSecond: Math.min(level, limit) * 3,
      lateness: { p50Ms: 1, p99Ms: isHonest ? 5 : 400, maxMs: 500 },
      cpuShare: 0.4,
      broken: isHonest ? [] : [{ limit: 'lateness', words: 'late' }],
    });
  };
  return { levels, measure };
}

describe('the search for the highest honest level', () => {
  it.each([137, 1_000, 5_213, 20_000])('comes within a fifth of a limit of %i, and never above it', async (limit) => {
    const { honest, tooMuch } = await highestHonest(machine(limit).measure, BOUNDS, always);
    expect(honest!.level).toBeLessThanOrEqual(limit);
    expect(honest!.level).toBeGreaterThan(limit / 1.2);
    expect(tooMuch!.level).toBeGreaterThan(limit);
    expect(honest!.perSecond).toBe(honest!.level * 3);
  });

  it('steps down where even the first level is too much', async () => {
    const { honest } = await highestHonest(machine(7).measure, BOUNDS, always);
    expect(honest!.level).toBeLessThanOrEqual(7);
    expect(honest!.level).toBeGreaterThan(7 / 1.5);
  });

  it('finds nothing where nothing is honest, and says what was too much', async () => {
    const { honest, tooMuch } = await highestHonest(machine(0).measure, BOUNDS, always);
    expect(honest).toBeUndefined();
    expect(tooMuch).toMatchObject({ level: 1, broken: [{ limit: 'lateness' }] });
  });

  it('does not take one disturbed measurement for the limit', async () => {
    const { measure, levels } = machine(5_213, [2]);
    const { honest } = await highestHonest(measure, BOUNDS, always);
    expect(levels.slice(0, 3)).toEqual([100, 400, 400]);
    expect(honest!.level).toBeGreaterThan(5_213 / 1.2);
  });

  it('ends at the most that is asked for: no limit found', async () => {
    const found = await highestHonest(machine(1e9).measure, BOUNDS, always);
    expect(found).toMatchObject({ honest: { level: 25_600 } });
    expect(found.tooMuch).toBeUndefined();
  });

  it('measures once at the least, and then only while there is time', async () => {
    const { measure, levels } = machine(5_213);
    let left = 3;
    const { honest } = await highestHonest(measure, BOUNDS, () => (left -= 1) > 0);
    expect(levels).toEqual([100, 400, 1_600]);
    expect(honest!.level).toBe(1_600);
    const once = machine(0);
    expect(await highestHonest(once.measure, BOUNDS, () => false)).toMatchObject({ tooMuch: { level: 100 } });
    expect(once.levels).toEqual([100]);
  });
});
