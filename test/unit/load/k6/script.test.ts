// The script that a plan becomes: its options as k6 gets them, and that it is JavaScript at all.
import { describe, expect, it } from 'vitest';
import { modelScript, ownScript, usersOfRate } from '../../../../harness/load/k6/script.js';
import type { LoadPlan } from '../../../../harness/plan/load-plan.js';
import { planFor } from '../../verdict/test-plan.js';

interface Options {
  readonly scenarios: { readonly load: Readonly<Record<string, unknown>> };
  readonly noConnectionReuse: boolean;
  readonly noCookiesReset: boolean;
}

function planned(over: Partial<LoadPlan> = {}): LoadPlan {
  return { ...planFor().load, engine: { kind: 'k6', options: {} }, connections: 'fresh', ...over };
}

function optionsOf(plan: LoadPlan): Options {
  const text = /^export const options = (.*);$/m.exec(modelScript(plan, 1))?.[1];
  return JSON.parse(text ?? '') as Options;
}

describe('users', () => {
  const stages = [
    { level: 20, rampMs: 1_000, forMs: 5_000 },
    { level: 60, rampMs: 500 },
  ];

  it('come and go by ramps and holds; the last stage is held', () => {
    expect(optionsOf(planned({ stages })).scenarios.load).toMatchObject({
      executor: 'ramping-vus',
      startVUs: 0,
      stages: [
        { duration: '1000ms', target: 20 },
        { duration: '4000ms', target: 20 },
        { duration: '500ms', target: 60 },
        { duration: '2592000000ms', target: 60 },
      ],
    });
  });

  it('keep their cookies only in sessions, and their connections only where the plan says so', () => {
    expect(optionsOf(planned())).toMatchObject({ noCookiesReset: false, noConnectionReuse: true });
    const session = planned({ sessions: true, connections: 'kept' });
    expect(optionsOf(session)).toMatchObject({ noCookiesReset: true, noConnectionReuse: false });
  });
});

describe('a rate', () => {
  it('is told in thousandths, with a virtual user for each request that may hang', () => {
    const plan = planned({ model: 'open', stages: [{ level: 0.5, rampMs: 0 }], timeoutMs: 2_000 });
    expect(optionsOf(plan).scenarios.load).toMatchObject({
      executor: 'ramping-arrival-rate',
      timeUnit: '1000s',
      stages: [{ duration: '0ms', target: 500 }, { target: 500 }],
      preAllocatedVUs: 11,
      maxVUs: 11,
    });
  });

  it('has no more virtual users than a machine can hold', () => {
    const stages = [{ level: 5_000, rampMs: 0 }];
    expect(usersOfRate({ stages, timeoutMs: 10_000 })).toEqual({ wanted: 50_010, allocated: 2_000 });
  });
});

it('carries requests as data: quotes, line ends and backslashes of a body change nothing in the script', () => {
  const body = '{"name":"O\'Neill"}\n`${x}`\\u2028</script>';
  const request = { name: 'odd', method: 'POST', path: '/a?b="c"', headers: { 'x-odd': '`' }, body, weight: 1 };
  const text = /^const requests = (.*);$/m.exec(modelScript(planned({ requests: [request] }), 1))?.[1];
  expect(JSON.parse(text ?? '')).toMatchObject([{ method: 'POST', path: request.path, body, weight: 1 }]);
});

it("puts a user's own script under the plan's stages and connections", () => {
  const text = ownScript(planned({ stages: [{ level: 7, rampMs: 0 }] }), 'file:///srv/my%20shop/checkout.js');
  expect(text).toContain('import * as own from "file:///srv/my%20shop/checkout.js";');
  expect(text).toContain('"executor":"ramping-vus"');
  expect(text).toContain('noConnectionReuse: true');
});
