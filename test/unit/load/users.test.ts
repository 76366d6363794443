import { describe, expect, it } from 'vitest';
import { isPresent, mostUsers, nextEntryMs } from '../../../harness/load/users.js';
import type { LoadStage } from '../../../harness/plan/load-plan.js';

const up: readonly LoadStage[] = [
  { level: 20, rampMs: 2_000, forMs: 5_000 },
  { level: 60, rampMs: 4_000 },
];
const wave: readonly LoadStage[] = [
  { level: 40, rampMs: 1_000, forMs: 3_000 },
  { level: 10, rampMs: 3_000, forMs: 6_000 },
  { level: 30, rampMs: 0 },
];

function presentAt(stages: readonly LoadStage[], atMs: number): number {
  return Array.from({ length: mostUsers(stages) }, (_, user) => isPresent(stages, user, atMs)).filter(Boolean).length;
}

describe('users of a ramp', () => {
  it('come one after another, and all of a stage are there when its ramp ends', () => {
    expect(nextEntryMs(up, 0, 0)).toBe(100);
    expect(nextEntryMs(up, 19, 0)).toBe(2_000);
    expect(nextEntryMs(up, 20, 0)).toBe(5_100);
    expect(nextEntryMs(up, 59, 0)).toBe(9_000);
    expect([0, 1_000, 2_000, 5_000, 7_000, 9_000].map((atMs) => presentAt(up, atMs))).toEqual([0, 10, 20, 20, 40, 60]);
  });

  it('stay in the last stage for as long as the run lasts', () => {
    const day = 86_400_000;
    expect(presentAt(up, day)).toBe(60);
    expect(nextEntryMs(up, 59, day)).toBe(day);
  });

  it('are all there at once without a ramp', () => {
    expect(presentAt([{ level: 5, rampMs: 0 }], 0)).toBe(5);
  });

  it('leave when the load sinks, the last to come first, and come back when it rises', () => {
    expect([1_000, 3_000, 4_500, 6_000, 8_999, 9_000].map((atMs) => presentAt(wave, atMs))).toEqual([
      40, 40, 25, 10, 10, 30,
    ]);
    expect(nextEntryMs(wave, 25, 4_600)).toBe(9_000);
    expect(nextEntryMs(wave, 35, 4_600)).toBeUndefined();
    expect(nextEntryMs(wave, 5, 4_600)).toBe(4_600);
  });

  it('are told an entry at which they really are there, never one before the time asked for', () => {
    for (const stages of [up, wave]) {
      for (let user = 0; user < mostUsers(stages); user += 1) {
        for (let fromMs = 0; fromMs < 10_000; fromMs += 333.3) {
          const entryMs = nextEntryMs(stages, user, fromMs);
          if (entryMs === undefined) continue;
          expect(entryMs).toBeGreaterThanOrEqual(fromMs);
          expect(isPresent(stages, user, entryMs), `user ${user} at ${entryMs} ms`).toBe(true);
        }
      }
    }
  });
});
