// What a scenario means: environments that lean on each other, defaults, moments and targets, and where each came from.
import { expect, test } from 'vitest';
import { planExplained, planRun } from '../../../harness/plan/planner.js';
import type { Plan } from '../../../harness/plan/plan.js';
import { redactPlan } from '../../../harness/plan/redact.js';
import { validateScenario } from '../../../harness/scenario/validate.js';
import { fakeMaps, written } from '../scenario/fakes.js';

function plans(over: Readonly<Record<string, unknown>>, seed = 7): Readonly<Record<string, Plan>> {
  const validated = validateScenario(written(over), fakeMaps);
  if (!validated.ok) throw new Error(JSON.stringify(validated.issues));
  const settings = {
    maps: fakeMaps,
    file: 'x.ts',
    seed: { value: seed, origin: { from: 'flag', name: '--seed' } } as const,
  };
  return Object.fromEntries(planRun(validated.scenario, settings).map((plan) => [plan.environment.name, plan]));
}

const swap = {
  app: { kind: 'shop', serviceMs: 70, logBytes: 400 },
  environments: {
    release: { supervisor: 'systemd', server: { kind: 'unicorn', daemonize: false }, app: { rig: 'never-back' } },
    production: {
      supervisor: { kind: 'bluepill', memoryLimit: '213MiB' },
      server: { kind: 'unicorn', daemonize: false },
      deployedOver: { server: { kind: 'unicorn', daemonize: true }, app: { serviceMs: 60 } },
    },
    fixed: { like: 'production', server: { kind: 'unicorn', daemonize: true } },
  },
};

test('an environment that is like another replaces whole keys and keeps the rest', () => {
  const { production, fixed } = plans(swap);
  expect(fixed!.environment.node.supervisor).toEqual(production!.environment.node.supervisor);
  expect(fixed!.environment.node.supervisor.options).toEqual({ memoryLimit: 213 * 1024 ** 2 });
  expect(fixed!.environment.node.server.options).toEqual({ workers: 4, daemonize: true });
  expect(production!.environment.node.server.options).toEqual({ workers: 4, daemonize: false });
});

test('what an environment was deployed over takes from it what it does not say itself', () => {
  const { production, fixed, release } = plans(swap);
  const over = production!.environment.deployedOver!;
  expect(over.deploy.kind).toBe('hot');
  expect(over.from.supervisor).toEqual(production!.environment.node.supervisor);
  expect(over.from.server.options).toEqual({ workers: 4, daemonize: true });
  expect(over.from.app.options).toEqual({ serviceMs: 60, logBytes: 400 });
  expect(fixed!.environment.deployedOver).toEqual(over);
  expect(release!.environment.deployedOver).toBeUndefined();
});

test("an environment's app options go over those of the scenario", () => {
  const { release, production } = plans(swap);
  expect(release!.environment.node.app.options).toEqual({ serviceMs: 70, logBytes: 400, rig: 'never-back' });
  expect(production!.environment.node.app.options).toEqual({ serviceMs: 70, logBytes: 400 });
  expect(production!.facts).toMatchObject({ outputBytesPerRequest: 400, workers: 4, balancerHasStates: true });
});

test('a share is judged over fewer requests where the load is too low for the usual number, unless somebody says', () => {
  const load = { stages: [{ users: 2 }], think: '400ms' };
  const proof = (more: object) => plans({ load, ...more })['only']!.proof.shareRequests;
  expect(proof({})).toBe(25); // 5 a second, in a third of 15 s
  expect(proof({ limits: { recovered: '60s' } })).toBe(100);
  expect(proof({ limits: { recovered: '3s' } })).toBe(20);
  expect(proof({ load: { stages: [{ users: 1 }], think: '0s' } })).toBe(200);
  expect(proof({ proof: { shareRequests: 200 } })).toBe(200);
});

test('defaults of the proof and the limits', () => {
  const { only } = plans({});
  expect(only!.proof).toEqual({
    consecutive: 5,
    shareRequests: 200,
    shareOfBaseline: 0.8,
    steadyWaitMs: 30_000,
    aftermathMs: 60_000,
    holdMs: 5_000,
    sentinelRate: 50,
  });
  expect(only!.limits).toEqual({ recoveredMs: 15_000, steps: {}, failedShare: {}, p99Ms: {} });
  expect([only!.maxTimeMs, only!.load.timeoutMs, only!.environment.node.user]).toEqual([900_000, 10_000, 'www-data']);
});

test('limits of an environment replace those of the scenario, key by key', () => {
  const { only } = plans({
    environments: { only: { supervisor: 'systemd', server: 'unicorn', limits: { failedShare: { fault: '5%' } } } },
    limits: {
      recovered: '20s',
      failedShare: { after: '1%' },
      p99: { after: '800ms' },
      dark: '2s',
      steps: { ready: '9s' },
    },
  });
  expect(only!.limits).toEqual({
    recoveredMs: 20_000,
    failedShare: { fault: 0.05 },
    p99Ms: { after: 800 },
    darkMs: 2_000,
    steps: { ready: 9_000 },
  });
});

test('limits of nodes and requests are taken whole, and each says where it was written', () => {
  const validated = validateScenario(
    written({
      load: { requests: ['/', '/cart?item[]=1'], stages: [{ users: 5 }] },
      environments: { only: { supervisor: 'systemd', server: 'unicorn', limits: { masked: { after: '2%' } } } },
      limits: {
        throughput: { after: '90%' },
        masked: { after: '1%' },
        nodes: { p95: { after: '250ms' } },
        requests: { 'GET /cart?item[]=1': { p50: { fault: '1s' } } },
      },
    }),
    fakeMaps,
    {},
  );
  if (!validated.ok) throw new Error(JSON.stringify(validated.issues));
  const config = { limits: { nodes: { p99: { after: 900 } }, p50: { after: 100 } } };
  const [planned] = planExplained(validated.scenario, { maps: fakeMaps, file: 'x.ts', config });
  const { plan, origins } = planned!;
  expect(plan.limits).toEqual({
    recoveredMs: 15_000,
    steps: {},
    failedShare: {},
    p99Ms: {},
    masked: { after: 0.02 },
    p50Ms: { after: 100 },
    throughput: { after: 0.9 },
    nodes: { p95Ms: { after: 250 } },
    requests: { 'GET /cart?item[]=1': { p50Ms: { fault: 1_000 } } },
  });
  const explained = origins.explain(plan);
  expect(
    [
      'masked.after',
      'p50Ms.after',
      'throughput.after',
      'nodes.p95Ms.after',
      'requests.GET /cart?item[]=1.p50Ms.fault',
    ].map((path) => explained.get(`limits.${path}`)?.source),
  ).toEqual([
    'scenario: environments.only.limits.masked',
    'remuster.config: limits.p50',
    'scenario: limits.throughput',
    'scenario: limits.nodes.p95',
    'scenario: limits.requests.GET /cart?item[]=1.p50',
  ]);
});

test('moments: 5 s into the highest stage, some time after that, or a time of its own; never before the round before', () => {
  const load = { stages: [{ users: 20, for: '5s' }, { users: 60, for: '10s' }, { users: 30 }] };
  const at = (moment?: string) => ({ fault: 'kill', target: 'one', ...(moment ? { at: moment } : {}) });
  const { only } = plans({ load, rounds: [at(), at('peak+12s'), at(), at('23s'), at('peak')] });
  expect(only!.rounds.map(({ notBeforeMs }) => notBeforeMs)).toEqual([10_000, 22_000, 22_000, 23_000, 23_000]);
});

test('the peak is not there before all its users are', () => {
  const { only } = plans({
    load: {
      stages: [
        { users: 10, for: '2s' },
        { users: 60, ramp: '20s' },
      ],
    },
  });
  expect(only!.rounds[0]!.notBeforeMs).toBe(22_000);
});

test('the last stage is held, and ramps take a second where nobody says', () => {
  const { only } = plans({
    load: {
      stages: [
        { users: 20, for: '500ms' },
        { users: 60, for: '3s' },
      ],
    },
  });
  expect(only!.load.stages).toEqual([
    { level: 20, rampMs: 500, forMs: 500 },
    { level: 60, rampMs: 1_000 },
  ]);
});

const TARGETS = ['one', 'half', 'all-but-one', 'all', 'each', ['web-3', 'web-1']];

test('targets become steps: together, or one after another', () => {
  const { only } = plans({ rounds: TARGETS.map((target) => ({ fault: 'kill', target })) });
  const [one, half, allButOne, all, each, named] = only!.rounds.map(({ steps }) => steps);
  const everyone = ['web-1', 'web-2', 'web-3', 'web-4'];
  expect([one, half, allButOne].map((steps) => steps!.map((step) => step.length))).toEqual([[1], [2], [3]]);
  expect(new Set(allButOne![0]).size).toBe(3);
  expect(all).toEqual([everyone]);
  expect(each).toEqual(everyone.map((node) => [node]));
  expect(named).toEqual([['web-1', 'web-3']]);
});

test('the seed alone decides whom a fault hits, the same in all environments', () => {
  const rounds = [{ fault: 'kill', target: 'one' }];
  const hit = (seed: number) =>
    Object.values(plans({ ...swap, rounds }, seed)).map((plan) => plan.rounds[0]!.steps[0]![0]);
  expect(new Set(hit(7)).size).toBe(1);
  expect(hit(7)).toEqual(hit(7));
  const drawn = Array.from({ length: 40 }, (_, seed) => hit(seed)[0]);
  expect([...new Set(drawn)].sort()).toEqual(['web-1', 'web-2', 'web-3', 'web-4']);
});

test('explains where each value came from', () => {
  const validated = validateScenario(written(swap), fakeMaps);
  if (!validated.ok) throw new Error('the scenario is valid');
  const planned = planExplained(validated.scenario, { maps: fakeMaps, file: 'x.ts', environments: ['fixed'] })[0]!;
  const explained = planned.origins.explain(planned.plan);
  const sources = Object.fromEntries([...explained].map(([path, { source }]) => [path, source]));
  expect(sources).toMatchObject({
    seed: 'default of remuster',
    'environment.node.supervisor.options.memoryLimit': 'scenario: environments.production.supervisor.memoryLimit',
    'environment.node.server.options.daemonize': 'scenario: environments.fixed.server.daemonize',
    'environment.node.server.options.workers': 'default of unicorn',
    'environment.node.app.options.serviceMs': 'scenario: app.serviceMs',
    'environment.deployedOver.from.app.options.serviceMs':
      'scenario: environments.production.deployedOver.app.serviceMs',
    'rounds[0].fault.options.signal': 'default of kill',
    'rounds[0].steps[0]': 'derived: target and seed 1',
    'limits.recoveredMs': 'default of remuster',
  });
});

test('a stored or printed plan holds no secret, but tells equal from different', () => {
  const env = { TOKEN: 'hunter2', SAME: 'hunter2', OTHER: 'x' };
  const requests = [{ path: '/', headers: { Authorization: 'Bearer hunter2', accept: 'text/html' } }];
  const { only } = plans({ env, load: { stages: [{ users: 1 }], requests } });
  const redacted = redactPlan(only!, 'key');
  expect(JSON.stringify(redacted)).not.toContain('hunter2');
  const { TOKEN, SAME, OTHER } = redacted.environment.node.env;
  expect(TOKEN).toMatch(/^hash:[0-9a-f]{16}$/);
  expect([SAME === TOKEN, OTHER === TOKEN]).toEqual([true, false]);
  expect(redacted.load.requests[0]!.headers['accept']).toBe('text/html');
  expect(redactPlan(only!, 'another key').environment.node.env['TOKEN']).not.toBe(TOKEN);
});
