import { describe, expect, it } from 'vitest';
import { peakReachedMs, plannedLevelAt } from '../../../harness/plan/load-profile.js';

const stages = [
  { level: 20, rampMs: 1_000, forMs: 5_000 },
  { level: 60, rampMs: 2_000 },
];

describe('the load profile', () => {
  it.each([
    [-1, 0],
    [500, 10],
    [1_000, 20],
    [4_999, 20],
    [6_000, 40],
    [7_000, 60],
    [3_600_000, 60],
  ])('at %s ms there are %s users; the last stage is held', (atMs, users) =>
    expect(plannedLevelAt(stages, atMs)).toBe(users),
  );

  it('reaches its peak when the highest stage has all its users', () => expect(peakReachedMs(stages)).toBe(7_000));
});
