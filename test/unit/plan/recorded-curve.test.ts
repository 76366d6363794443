// A recorded curve in a scenario: what the plan makes of it, its peak, and what is wrong with a bad one.
import { describe, expect, it, test } from 'vitest';
import { peakMs } from '../../../harness/plan/peak.js';
import { plannedLevelAt } from '../../../harness/plan/load-profile.js';
import { planRun } from '../../../harness/plan/planner.js';
import type { PlugInMaps } from '../../../harness/scenario/plug-ins.js';
import { validateScenario } from '../../../harness/scenario/validate.js';
import { fakeMaps, written } from '../scenario/fakes.js';

const { autocannon } = fakeMaps.engines;
const maps: PlugInMaps = {
  ...fakeMaps,
  engines: { ...fakeMaps.engines, open: { ...autocannon!, name: 'open', models: ['open'] } },
};

function planned(stages: readonly object[]) {
  const validated = validateScenario(written({ load: { stages } }), maps);
  if (!validated.ok) throw new Error(validated.issues.map(({ message }) => message).join('\n'));
  const [plan] = planRun(validated.scenario, { maps, file: 'x.yaml' });
  return plan!;
}

function troubles(stages: readonly object[]): readonly string[] {
  const validated = validateScenario(written({ load: { stages } }), maps);
  return validated.ok ? [] : validated.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a recorded curve', () => {
  const { load, rounds } = planned([
    { rate: 10, for: '5s', ramp: '0s' },
    { rates: [20, 0, 60.5, 30], every: '10s' },
  ]);

  it.each([
    [4_999, 10],
    [5_000, 20],
    [15_000, 0],
    [24_999, 0],
    [25_000, 60.5],
    [35_000, 30],
    [3_600_000, 30],
  ])('at %s ms the rate is %s; nothing is ramped, the last one is held', (atMs, rate) =>
    expect(plannedLevelAt(load.stages, atMs)).toBe(rate),
  );

  it('is an open load, whose peak is 5 s into its highest rate', () => {
    expect(load.model).toBe('open');
    expect(load.engine.kind).toBe('open');
    expect(rounds[0]!.notBeforeMs).toBe(30_000);
  });

  it('has its peak within the highest rate, however short that is', () => {
    const short = planned([{ rates: [1, 9, 2], every: '2s' }]);
    expect(peakMs(short.load.stages)).toBe(3_000);
  });

  it('of a week is looked up like a short one', () => {
    const rates = Array.from({ length: 50_000 }, (_, index) => index % 97);
    const week = planned([{ rates: [97, ...rates.slice(2), 5], every: '12s' }]).load.stages;
    let sum = 0;
    for (let nth = 0; nth < 200_000; nth += 1) sum += plannedLevelAt(week, (nth * 7_919_000) % 600_000_000);
    // Looking through all 50 000 at each of these would be 10^10 steps: the test's own deadline would end it.
    expect(sum).toBeGreaterThan(0);
    expect(plannedLevelAt(week, 12_000 * 40_000 + 1)).toBe(rates[40_001]);
  });
});

test('a peak that comes after the run has to be over is told', () => {
  const stages = [{ rates: [...Array.from({ length: 100 }, () => 5), 9], every: '10s' }];
  expect(troubles(stages)).toEqual([
    'load.stages: its peak, which round 1 waits for, comes after 16 min 45 s; the run may take 15 min 0 s (maxTime)',
  ]);
});

test.each<[string, readonly object[], string]>([
  ['a rate below 0', [{ rates: [1, -1], every: '10s' }], 'load.stages.0.rates.1: -1 is out of range; at least 0'],
  ['no rate at all', [{ rates: [], every: '10s' }], 'load.stages.0.rates: has too few or too many entries; at least 1'],
  ['no time', [{ rates: [1] }], "load.stages.0.every: is missing; for how long is each of the rates? '10s'"],
  [
    'a time of a plain stage',
    [{ rates: [1], every: '10s', for: '10s' }],
    'load.stages.0.for: has no meaning for recorded rates; each is for `every`',
  ],
  [
    'nothing to hold',
    [{ rates: [1, 0], every: '10s' }],
    'load.stages.0.rates.1: the last rate is held while faults are made: it must be above 0, or a stage must follow',
  ],
  [
    'two kinds at once',
    [{ rates: [1], every: '10s', rate: 3 }],
    'load.stages.0: needs either users, a rate, or recorded rates',
  ],
  [
    'a mix with users',
    [
      { users: 3, for: '5s' },
      { rates: [1], every: '10s' },
    ],
    'load.stages.1: mixes users and rates; a load has one or the other',
  ],
  [
    '`every` of a plain stage',
    [{ rate: 1, every: '10s' }],
    'load.stages.0.every: has no meaning without recorded rates; a stage lasts `for`',
  ],
])('%s is told', (_what, stages, message) => expect(troubles(stages)).toContain(message));
