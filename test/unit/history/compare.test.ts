// Two runs against each other, with noise as real tiers have it: what got worse is named by its step, what did not is not.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../harness/core/random.js';
import { compareRuns, TOLERATED, type RunComparison, type Side } from '../../../harness/history/compare.js';
import type { EnvironmentResult, RunResult } from '../../../harness/verdict/model.js';
import { environment, flagship, plan, plans, receipt } from '../report/flagship.js';

interface Tier {
  readonly seed: number;
  readonly restarts?: number;
  readonly moreBootMs?: number;
  readonly name?: string;
}

/** Steps as measured: short ones jitter by ms, boots by tens of ms, and one in ten waits for something else. */
function run({ seed, restarts = 8, moreBootMs = 0, name = 'release' }: Tier, more: Partial<RunResult> = {}): Side {
  const random = seededRandom(seed);
  const jitter = (ms: number): number => -ms * Math.log(1 - random.next());
  const receipts = Array.from({ length: restarts }, (_, nth) => {
    const landed = 2 + jitter(1);
    const exec = landed + 120 + jitter(15) + (random.next() < 0.1 ? 150 : 0);
    const bound = exec + 320 + moreBootMs + jitter(30);
    const firstAnswer = bound + 30 + jitter(20);
    const waterfallMs = { landed, exec, bound, firstAnswer };
    return receipt(`web-${(nth % 2) + 1}`, nth + 1, nth * 9_000, { waterfallMs });
  });
  const environments = [environment(name, { receipts })];
  const result = { ...flagship, runId: `run-${seed}`, environments, ...more };
  return { result, plans: [plan(name, 'systemd', false)], versions: { [name]: { remuster: '0.1.0' } } };
}

const compare = (from: Side, to: Side): RunComparison => compareRuns(from, to, TOLERATED);

describe('two runs against each other', () => {
  it('are alike when they are of the same thing, in at least nine of ten pairs', () => {
    let alike = 0;
    for (let seed = 1; seed <= 100; seed += 1)
      if (compare(run({ seed }), run({ seed: seed + 1_000 })).state === 'same') alike += 1;
    expect(alike).toBeGreaterThanOrEqual(95);
  });

  it('name the step that takes 300 ms longer, and name it first', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { state, environments } = compare(run({ seed }), run({ seed: seed + 1_000, moreBootMs: 300 }));
      const [first] = environments[0]?.figures ?? [];
      expect({ state, first }).toMatchObject({ state: 'worse', first: { name: 'exec to bound', state: 'worse' } });
      expect(first?.shift).toBeGreaterThan(240);
      expect(first?.shift).toBeLessThan(360);
    }
  });

  it('are better the other way round', () => {
    expect(compare(run({ seed: 1, moreBootMs: 300 }), run({ seed: 2 })).state).toBe('better');
  });

  it('do not call a difference what is certain and too small', () => {
    expect(compare(run({ seed: 1, restarts: 60 }), run({ seed: 2, restarts: 60, moreBootMs: 20 })).state).toBe('same');
  });

  it('have not enough data with three restarts each', () => {
    const { state, environments } = compare(
      run({ seed: 1, restarts: 3 }),
      run({ seed: 2, restarts: 3, moreBootMs: 300 }),
    );
    expect(state).toBe('not-enough-data');
    expect(environments[0]?.figures.every((figure) => figure.state === 'not-enough-data')).toBe(true);
  });

  it('are worse when a claim is broken that was not, whatever the figures say', () => {
    const to = run({ seed: 2 });
    const broken: EnvironmentResult = {
      ...to.result.environments[0]!,
      findings: [{ check: 'muster', severity: 'fail', message: 'two copies' }],
    };
    const { state, environments } = compare(run({ seed: 1 }), {
      ...to,
      result: { ...to.result, environments: [broken] },
    });
    expect(state).toBe('worse');
    expect(environments[0]?.newlyBroken).toEqual(['muster']);
  });

  it('say first what changed in plan and versions', () => {
    const to = run({ seed: 2 });
    const changed = { ...to, plans: [plan('release', 'bluepill', true)], versions: { release: { remuster: '0.2.0' } } };
    const [release] = compare(run({ seed: 1 }), changed).environments;
    expect(release?.changes).toContainEqual({
      ...{ path: 'supervisor', from: 'systemd', to: 'bluepill' },
    });
    expect(release?.changes).toContainEqual({ path: 'versions.remuster', from: '0.1.0', to: '0.2.0' });
    expect(compare(run({ seed: 1 }), to).environments[0]?.changes).toEqual([]);
  });

  it('take the parts of a soak for one environment', () => {
    const [first, second] = [run({ seed: 1, restarts: 4 }), run({ seed: 3, restarts: 4, name: 'release.2' })];
    const [base] = plans;
    const soaked: Side = {
      result: { ...first.result, environments: [...first.result.environments, ...second.result.environments] },
      plans: [
        { ...base!, segment: { nth: 1 } },
        { ...base!, environment: { ...base!.environment, name: 'release.2' }, segment: { nth: 2 } },
      ],
      versions: {},
    };
    const { environments, notComparable } = compare(run({ seed: 2 }), soaked);
    expect(notComparable).toEqual([]);
    expect(environments[0]?.figures.find(({ kind }) => kind === 'recovery')?.samples).toEqual([8, 8]);
  });

  it('say what cannot be compared', () => {
    const other = run({ seed: 2, name: 'production' }, { scenario: 'kill-one', runId: 'other' });
    expect(compare(run({ seed: 1 }), other)).toMatchObject({
      environments: [],
      notComparable: [
        'they are runs of different scenarios: supervisor-swap and kill-one',
        'release: only in run-1',
        'production: only in other',
      ],
    });
  });
});
