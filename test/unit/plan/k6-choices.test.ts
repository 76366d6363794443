// What an engine brings into a plan: its own defaults, files named from the scenario's folder, and what it refuses.
import { describe, expect, it } from 'vitest';
import { planExplained } from '../../../harness/plan/planner.js';
import { allPlugIns } from '../../../harness/scenario/all-plug-ins.js';
import { validateScenario } from '../../../harness/scenario/validate.js';
import { written } from '../scenario/fakes.js';

function validated(load: Readonly<Record<string, unknown>>) {
  return validateScenario(written({ load: { stages: [{ users: 20 }], ...load } }), allPlugIns);
}

function planned(load: Readonly<Record<string, unknown>>) {
  const found = validated(load);
  if (!found.ok) throw new Error(JSON.stringify(found.issues));
  const [first] = planExplained(found.scenario, { maps: allPlugIns, file: 'tests/shop/soak.ts' });
  return first!;
}

describe('a load with k6', () => {
  it('has fresh connections and even arrivals unless the scenario says otherwise, and says whose default that is', () => {
    const { plan, origins } = planned({ engine: 'k6' });
    expect(plan.load).toMatchObject({ model: 'closed', connections: 'fresh', arrivals: 'even' });
    expect(origins.explain(plan).get('load.connections')?.source).toBe('default of k6');
    expect(planned({ engine: 'k6', connections: 'kept' }).plan.load.connections).toBe('kept');
  });

  it("finds its script from the scenario's folder", () => {
    const { plan } = planned({ engine: { kind: 'k6', script: '../k6/checkout.js' } });
    expect(plan.load.engine.options).toEqual({ script: 'tests/k6/checkout.js' });
    const absolute = planned({ engine: { kind: 'k6', script: '/srv/checkout.js' } });
    expect(absolute.plan.load.engine.options).toEqual({ script: '/srv/checkout.js' });
  });

  it('cannot have arrivals that k6 cannot make', () => {
    const found = validated({ engine: 'k6', stages: [{ rate: 50 }], arrivals: 'poisson' });
    expect(found).toMatchObject({ ok: false, issues: [{ path: ['load', 'arrivals'], known: ['even'] }] });
  });
});

it('other engines have their own way with connections of users', () => {
  expect(validated({ connections: 'fresh' })).toMatchObject({ ok: false, issues: [{ path: ['load', 'connections'] }] });
  expect(planned({}).plan.load).toMatchObject({ connections: 'kept', arrivals: 'poisson' });
});
