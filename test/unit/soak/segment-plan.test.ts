import { describe, expect, it } from 'vitest';
import { plannedLevelAt } from '../../../harness/plan/load-profile.js';
import type { Plan } from '../../../harness/plan/plan.js';
import { STANDARD_SOAK } from '../../../harness/plan/soak.js';
import { drawRound } from '../../../harness/soak/draw.js';
import { curveStages } from '../../../harness/soak/load-curve.js';
import { NOTHING_BEFORE, segmentPlan } from '../../../harness/soak/segment-plan.js';
import { planFor } from '../verdict/test-plan.js';

const HOUR_MS = 3_600_000;

function planOf(): Plan {
  const plan = planFor();
  const [first] = plan.rounds;
  return {
    ...plan,
    rounds: [
      { ...first!, target: { kind: 'one' }, weight: 3 },
      { ...first!, fault: { kind: 'freeze', options: {} }, target: { kind: 'all' } },
    ],
  };
}

describe('the rounds of a soak', () => {
  it('are drawn by weight, and by seed the same', () => {
    const drawn = Array.from({ length: 400 }, (_, index) => drawRound(planOf(), STANDARD_SOAK, index + 1));
    const kills = drawn.filter(({ round }) => round.fault.kind === 'kill').length;
    expect(kills).toBeGreaterThan(260);
    expect(kills).toBeLessThan(340);
    expect(drawn).toEqual(Array.from({ length: 400 }, (_, index) => drawRound(planOf(), STANDARD_SOAK, index + 1)));
    expect(new Set(drawn.flatMap(({ round }) => round.steps.flat()))).toEqual(new Set(planOf().nodes));
  });

  it('hit no more nodes at once than the blast radius', () => {
    for (const blastRadius of [1, 2, 4]) {
      const steps = Array.from({ length: 60 }, (_, nth) =>
        drawRound(planOf(), { ...STANDARD_SOAK, blastRadius }, nth + 1),
      );
      expect(Math.max(...steps.flatMap(({ round }) => round.steps.map((step) => step.length)))).toBe(blastRadius);
      expect(steps.every(({ round }) => round.steps.length === 1 && round.steps[0]!.length > 0)).toBe(true);
    }
  });

  it('come as far apart as is said, and end with the time', () => {
    const plan = segmentPlan(planOf(), { forMs: HOUR_MS }, NOTHING_BEFORE)!;
    const gaps = plan.rounds.slice(1).map((round, index) => round.notBeforeMs - plan.rounds[index]!.notBeforeMs);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(40_000);
    expect(plan.rounds.at(-1)!.notBeforeMs).toBeLessThan(HOUR_MS);
    expect(plan.rounds.at(-1)!.notBeforeMs).toBeGreaterThan(HOUR_MS - 41_000);
    expect(plan.segment).toEqual({ nth: 1, forMs: HOUR_MS });
    expect(plan.maxTimeMs).toBeGreaterThan(HOUR_MS);
  });

  it('go on where a soak that is taken up again was', () => {
    const whole = segmentPlan(planOf(), { forMs: HOUR_MS }, NOTHING_BEFORE)!;
    const before = { segments: 1, round: 40, playedMs: 20 * 60_000 };
    const rest = segmentPlan(planOf(), { forMs: HOUR_MS }, before)!;
    expect(rest.environment.name).toBe('production.2');
    expect(rest.rounds[0]?.round).toBe(41);
    const hits = ({ round, steps, fault }: Plan['rounds'][number]) => ({ round, steps, fault });
    expect(rest.rounds.slice(0, 20).map(hits)).toEqual(whole.rounds.slice(40, 60).map(hits));
    expect(rest.segment).toEqual({ nth: 2, forMs: 40 * 60_000 });
    expect(segmentPlan(planOf(), { forMs: HOUR_MS }, { ...before, playedMs: HOUR_MS })).toBeUndefined();
    expect(segmentPlan(planOf(), { rounds: 40 }, before)).toBeUndefined();
    expect(segmentPlan(planOf(), { rounds: 42 }, before)?.rounds.map(({ round }) => round)).toEqual([41, 42]);
  });
});

describe('the load of a soak', () => {
  const stages = [{ level: 100, rampMs: 1_000 }];

  it('is the scenario’s own where it is flat', () => {
    expect(curveStages(stages, { kind: 'flat' }, 0, HOUR_MS)).toBe(stages);
  });

  it('goes up and down like a day', () => {
    const day = curveStages(stages, { kind: 'day', low: 0.2, periodMs: HOUR_MS }, 0, 2 * HOUR_MS);
    const at = (ms: number): number => Math.round(plannedLevelAt(day, ms));
    expect([at(HOUR_MS / 2), at(HOUR_MS), at(1.5 * HOUR_MS)]).toEqual([100, 20, 100]);
    expect(at(HOUR_MS / 4)).toBeGreaterThan(50);
    expect(at(HOUR_MS / 4)).toBeLessThan(70);
  });

  it('is quiet but for its peaks, also where it is taken up in the middle', () => {
    const curve = { kind: 'peaks', low: 0.5, everyMs: 600_000, forMs: 60_000 } as const;
    const whole = curveStages(stages, curve, 0, HOUR_MS);
    expect(Math.round(plannedLevelAt(whole, 300_000))).toBe(50);
    expect(Math.round(plannedLevelAt(whole, 570_000))).toBe(100);
    const rest = curveStages(stages, curve, 500_000, HOUR_MS);
    expect(Math.round(plannedLevelAt(rest, 10_000))).toBe(50);
    expect(Math.round(plannedLevelAt(rest, 60_000))).toBe(100);
  });
});
