import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../harness/core/random.js';
import { dueTimes } from '../../../../harness/load/open/arrivals.js';
import type { LoadPlan, LoadStage } from '../../../../harness/plan/load-plan.js';

function upTo(
  endMs: number,
  stages: readonly LoadStage[],
  arrivals: LoadPlan['arrivals'] = 'even',
  seed = 1,
): readonly number[] {
  const found: number[] = [];
  for (const dueMs of dueTimes(stages, arrivals, seededRandom(seed))) {
    if (dueMs >= endMs) break;
    found.push(dueMs);
  }
  return found;
}

function between(times: readonly number[], fromMs: number, toMs: number): number {
  return times.filter((ms) => ms >= fromMs && ms < toMs).length;
}

describe('arrivals', () => {
  it('has exactly as many in each second as the rate says, evenly spaced', () => {
    const times = upTo(60_000, [{ level: 50, rampMs: 0 }]);
    expect(times.length).toBe(3_000);
    for (let second = 0; second < 60; second += 1)
      expect(between(times, second * 1_000, (second + 1) * 1_000)).toBe(50);
    for (const [index, ms] of times.entries()) expect(ms).toBeCloseTo((times[0] ?? 0) + index * 20, 6);
  });

  it('integrates a ramp: half as many while it lasts, more and more of them', () => {
    const times = upTo(20_000, [{ level: 100, rampMs: 10_000 }]);
    expect(Math.abs(between(times, 0, 10_000) - 500)).toBeLessThanOrEqual(1);
    // After t seconds of it, 5 t^2 were due.
    for (const s of [1, 2, 5, 9]) expect(Math.abs(between(times, 0, s * 1_000) - 5 * s * s)).toBeLessThanOrEqual(1);
    expect(Math.abs(between(times, 10_000, 20_000) - 1_000)).toBeLessThanOrEqual(1);
  });

  it('goes up and down by stages, without a gap or a burst where they meet', () => {
    const stages = [
      { level: 200, rampMs: 2_000, forMs: 4_000 },
      { level: 20, rampMs: 1_000, forMs: 3_000 },
      { level: 40, rampMs: 0 },
    ];
    const times = upTo(10_000, stages);
    const planned = [
      [0, 2_000, 200],
      [2_000, 4_000, 400],
      [4_000, 5_000, 110],
      [5_000, 7_000, 40],
      [7_000, 10_000, 120],
    ] as const;
    for (const [fromMs, toMs, count] of planned)
      expect(Math.abs(between(times, fromMs, toMs) - count)).toBeLessThanOrEqual(1);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('keeps its pace over hours', () => {
    const dayMs = 24 * 3_600_000;
    let count = 0;
    let lastMs = 0;
    for (const dueMs of dueTimes([{ level: 10, rampMs: 60_000 }], 'even', seededRandom(1))) {
      if (dueMs >= dayMs) break;
      lastMs = dueMs;
      count += 1;
    }
    expect(Math.abs(count - (10 * 86_400 - 300))).toBeLessThanOrEqual(1);
    expect(dayMs - lastMs).toBeLessThanOrEqual(100);
  });

  it('ends where the last stage has no rate', () => {
    const stages = [
      { level: 10, rampMs: 0, forMs: 1_000 },
      { level: 0, rampMs: 0 },
    ];
    expect([...dueTimes(stages, 'even', seededRandom(1))].length).toBe(10);
  });

  it.each([1, 2, 3, 4, 5])('seed %i: Poisson arrivals have the mean of the rate, and spread as they must', (seed) => {
    const seconds = 400;
    const times = upTo(seconds * 1_000, [{ level: 25, rampMs: 0 }], 'poisson', seed);
    const counts = Array.from({ length: seconds }, (_, second) => between(times, second * 1_000, (second + 1) * 1_000));
    const mean = counts.reduce((sum, count) => sum + count, 0) / seconds;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (seconds - 1);
    // Four standard errors: of the mean sqrt(25 / 400), of the variance 25 * sqrt(2 / 400).
    expect(Math.abs(mean - 25)).toBeLessThan(1);
    expect(Math.abs(variance - 25)).toBeLessThan(7.1);
  });

  it('repeats itself by seed, and differs between seeds', () => {
    const stages = [{ level: 30, rampMs: 2_000 }];
    for (const arrivals of ['even', 'poisson'] as const) {
      expect(upTo(5_000, stages, arrivals, 7)).toEqual(upTo(5_000, stages, arrivals, 7));
      expect(upTo(5_000, stages, arrivals, 7)).not.toEqual(upTo(5_000, stages, arrivals, 8));
    }
  });
});
