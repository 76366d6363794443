// A small plan for the verdict's tests: four nodes under bluepill and unicorn, one kill of web-1's master.
import type { Plan } from '../../../harness/plan/plan.js';

export function planFor(over: Partial<Plan> = {}): Plan {
  const nodes = over.nodes ?? ['web-1', 'web-2', 'web-3', 'web-4'];
  return {
    schemaVersion: 1,
    services: {},
    scenario: 'test',
    file: 'scenarios/test.ts',
    seed: 7,
    environment: {
      name: 'production',
      node: {
        supervisor: { kind: 'bluepill', options: {} },
        server: { kind: 'unicorn', options: {} },
        app: { kind: 'shop', options: {} },
        user: 'www-data',
        env: {},
      },
    },
    nodes,
    balancer: { kind: 'haproxy', options: {} },
    ageingStepBytes: 0,
    load: {
      engine: { kind: 'autocannon', options: {} },
      model: 'closed',
      sessions: false,
      arrivals: 'poisson',
      connections: 'kept',
      requests: [{ name: 'GET /', method: 'GET', path: '/', headers: {}, weight: 1 }],
      stages: [{ level: 60, rampMs: 0 }],
      think: { kind: 'uniform', minMs: 150, maxMs: 450 },
      timeoutMs: 5_000,
    },
    rounds: [
      {
        round: 1,
        fault: { kind: 'kill', options: {} },
        target: { kind: 'named', nodes: ['web-1'] },
        steps: [['web-1']],
        notBeforeMs: 5_000,
      },
    ],
    limits: { recoveredMs: 15_000, steps: {}, failedShare: {}, p99Ms: {} },
    proof: {
      consecutive: 5,
      shareRequests: 200,
      shareOfBaseline: 0.8,
      steadyWaitMs: 30_000,
      aftermathMs: 60_000,
      holdMs: 5_000,
      sentinelRate: 50,
    },
    maxTimeMs: 600_000,
    facts: {
      promise: {
        restartsAfter: ['signal', 'error', 'clean-exit'],
        followsInPlace: 'same-pid',
        words: {},
        restartDelayMs: 1_000,
        noticeMs: 1_000,
        runningWords: ['up'],
        settlesWithinMs: 5_000,
        holdsListener: false,
        respawnsItself: false,
        policies: [{ name: 'memory', periodMs: 1_000, limit: '213 MiB' }],
      },
      paths: [{ name: 'kill-master', subject: 'master', expects: 'replaced' }],
      patienceMs: 2_000,
      volatileEnv: ['INVOCATION_ID', 'UNICORN_FD'],
      outputBytesPerRequest: 0,
      balancerHasStates: true,
      workers: 2,
    },
    ...over,
  };
}
