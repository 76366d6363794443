// A run of the flagship as data: three environments, the middle one lost. Figures are those of a real afternoon's trial.
import type { NodeSpec } from '../../../harness/plan/node-spec.js';
import type { Plan } from '../../../harness/plan/plan.js';
import {
  CLAIM_IDS,
  type Claim,
  type ClaimId,
  type EnvironmentResult,
  type Receipt,
  type RunResult,
  type WindowResult,
} from '../../../harness/verdict/model.js';

export const NODES = ['web-1', 'web-2', 'web-3', 'web-4'];

function spec(supervisor: string, daemonize: boolean): NodeSpec {
  return {
    supervisor: { kind: supervisor, options: supervisor === 'bluepill' ? { memoryLimit: 223_346_688 } : {} },
    server: { kind: 'unicorn', options: { workers: 4, daemonize } },
    app: { kind: 'shop', options: { serviceMs: 50 } },
    user: 'root',
    env: {},
  };
}

export function plan(name: string, supervisor: string, daemonize: boolean): Plan {
  return {
    schemaVersion: 1,
    services: {},
    scenario: 'supervisor-swap',
    file: 'scenarios/supervisor-swap.ts',
    seed: 7,
    environment: {
      name,
      node: spec(supervisor, daemonize),
      ...(name === 'release'
        ? {}
        : { deployedOver: { from: spec(supervisor, true), deploy: { kind: 'hot', options: {} } } }),
    },
    nodes: NODES,
    balancer: { kind: 'haproxy', options: {} },
    ageingStepBytes: 5 * 1024 ** 2,
    load: {
      engine: { kind: 'autocannon', options: {} },
      model: 'closed',
      sessions: false,
      arrivals: 'poisson',
      connections: 'kept',
      requests: [{ name: '/', method: 'GET', path: '/', headers: {}, weight: 1 }],
      stages: [
        { level: 20, rampMs: 0, forMs: 5000 },
        { level: 60, rampMs: 0 },
      ],
      think: { kind: 'uniform', minMs: 150, maxMs: 450 },
      timeoutMs: 5000,
    },
    rounds: [1, 2].map((round) => ({
      round,
      fault: { kind: round === 1 ? 'policy-restart' : 'kill', options: {} },
      target: { kind: round === 1 ? 'one' : 'each' },
      steps: round === 1 ? [['web-1']] : NODES.map((node) => [node]),
      notBeforeMs: 10_000,
    })),
    limits: { recoveredMs: 15_000, steps: {}, failedShare: { fault: 0.05, after: 0.001 }, p99Ms: {} },
    proof: {
      consecutive: 5,
      shareRequests: 200,
      shareOfBaseline: 0.8,
      steadyWaitMs: 30_000,
      aftermathMs: 60_000,
      holdMs: 5000,
      sentinelRate: 50,
    },
    maxTimeMs: 600_000,
    facts: {
      promise: {
        restartsAfter: ['signal', 'error', 'clean-exit'],
        followsInPlace: 'same-pid',
        words: {},
        restartDelayMs: 100,
        noticeMs: 1000,
        runningWords: ['up'],
        settlesWithinMs: 5000,
        holdsListener: false,
        respawnsItself: false,
        policies: [],
      },
      paths: [],
      patienceMs: 5000,
      volatileEnv: [],
      outputBytesPerRequest: 450,
      balancerHasStates: true,
      workers: 4,
    },
  };
}

export const plans: readonly Plan[] = [
  plan('release', 'systemd', false),
  plan('production', 'bluepill', false),
  plan('production-fixed', 'bluepill', true),
];

function claims(startedMs: number, other: Partial<Record<ClaimId, Partial<Claim>>> = {}): Claim[] {
  return CLAIM_IDS.map((id, index) => ({
    id,
    state: 'held' as const,
    atMs: startedMs + 300 + index * 400,
    evidence: `${id} seen`,
    ...other[id],
  }));
}

function broken(evidence: string): Partial<Claim> {
  return { state: 'broken', evidence };
}

export function receipt(node: string, restart: number, startedMs: number, more: Partial<Receipt> = {}): Receipt {
  return {
    node,
    restart,
    round: 2,
    path: { name: 'crash', subject: 'master', expects: 'replaced' },
    trigger: { kind: 'fault', fault: 'kill', faultId: `2.0.${node}` },
    startedMs,
    judgedMs: startedMs + 8000,
    closedEarly: false,
    claims: claims(startedMs),
    waterfallMs: { landed: 2, noticed: 300, exec: 500, bound: 700, ready: 850, firstAnswer: 900, shareRestored: 2500 },
    ...more,
  };
}

function lostReceipt(node: string, startedMs: number, detail: string): Receipt {
  return receipt(node, 1, startedMs, {
    ...(node === 'web-1' ? { round: 1 } : {}),
    path: { name: 'policy', subject: 'master', expects: 'replaced' },
    trigger: { kind: 'policy', policy: 'memory', detail },
    judgedMs: 71_000,
    claims: claims(startedMs, {
      answers: broken('0 of 5 direct answers since 31.2 s; connects, then no byte in 2 s'),
      'balancer-up': broken('DOWN since 38.0 s (L7TOUT)'),
      'serves-load': broken('no request of the load since 31.2 s'),
      'share-restored': broken('0 % of its baseline share over 240 requests of the tier'),
      settled: broken('one new master, but it does not answer'),
    }),
    waterfallMs: { landed: 4, noticed: 900, exec: 3800, bound: 4100, firstAnswer: 4150 },
  });
}

function windows(failing: boolean): WindowResult[] {
  const base = { answered: 1000, failed: 0, masked: 0, failedShare: 0, perSecond: 41, darkMs: 40 };
  return [...NODES, null].flatMap((node): WindowResult[] => [
    { ...base, kind: 'baseline', node, fromMs: 0, toMs: 22_000 },
    failing
      ? {
          ...base,
          kind: 'fault',
          node,
          round: 1,
          fromMs: 22_000,
          toMs: 80_000,
          answered: 10,
          failed: 990,
          failedShare: 0.99,
        }
      : { ...base, kind: 'after', node, round: 1, fromMs: 22_000, toMs: 60_000 },
  ]);
}

export function environment(name: string, more: Partial<EnvironmentResult> = {}): EnvironmentResult {
  return {
    name,
    verdict: 'pass',
    expected: { verdict: 'pass', findings: [] },
    asExpected: true,
    interrupted: false,
    summary: 'every node came back from every restart',
    smokeGreen: true,
    smokeEvidence: '4 of 4 nodes answered 200',
    findings: [],
    receipts: [
      receipt('web-1', 1, 22_000, { round: 1 }),
      ...NODES.map((node, index) => receipt(node, node === 'web-1' ? 2 : 1, 30_000 + index * 8000)),
    ],
    windows: windows(false),
    load: {
      offered: 10_000,
      answered: 9_990,
      failed: { 'http-5xx': 2 },
      unsent: 0,
      inFlight: 8,
      lateness: { p50Ms: 0.2, p99Ms: 3, maxMs: 9 },
      cpuShare: 0.31,
    },
    outages: [],
    cascade: { happened: false, chain: [] },
    timeline: [{ atMs: 22_000, node: 'web-1', text: 'restart by command', tone: 'fault' }],
    supervisorsSay: Object.fromEntries(NODES.map((node) => [node, 'up'])),
    cut: null,
    durationMs: 77_000,
    ...more,
  };
}

const story: EnvironmentResult['timeline'] = (
  [
    {
      atMs: 22_000,
      node: 'web-1',
      text: 'memory pushed over its limit (228 of 213 MiB); bluepill restarts unicorn',
      tone: 'fault',
    },
    { atMs: 26_100, node: 'web-1', text: 'new unicorn (pid 97) owns :8080 and answers', tone: 'good' },
    {
      atMs: 31_100,
      node: 'web-1',
      // Servers colour their logs and break lines; none of that may reach a report.
      text: 'bluepill: "\u001b[31mDid you forget to tell bluepill to daemonize this process?\u001b[0m\n"',
      tone: 'bad',
    },
    { atMs: 31_200, node: 'web-1', text: 'last answer', tone: 'bad' },
    { atMs: 38_000, node: 'web-1', text: 'HAProxy: DOWN (L7TOUT)', tone: 'bad' },
    ...['web-4', 'web-3', 'web-2'].flatMap((node, index): EnvironmentResult['timeline'] => [
      { atMs: 45_000 + index * 100, node, text: 'share +33 %', tone: 'plain' },
      {
        atMs: 50_400 + index * 1000,
        node,
        text: '214 of 213 MiB because of +33 % load (195 at its own share); restarted by policy',
        tone: 'bad',
      },
      { atMs: 54_000 + index * 1000, node, text: 'new unicorn owns :8080 and answers', tone: 'good' },
      { atMs: 57_100 + index * 1000, node, text: 'last answer', tone: 'bad' },
    ]),
    { atMs: 59_300, node: null, text: 'TOTAL OUTAGE, 37.3 s after the first restart', tone: 'bad' },
  ] satisfies EnvironmentResult['timeline']
).sort((a, b) => a.atMs - b.atMs);

export const production = environment('production', {
  verdict: 'fail',
  expected: { verdict: 'fail', findings: ['every-node-returns', 'no-cascade'] },
  summary:
    'production: FAIL. web-1 was restarted by bluepill (memory 228 of 213 MiB) and has not answered since 31.2 s, though bluepill says "up" and pid 97 owns the port. Total outage 37.3 s after the first restart.',
  findings: [
    ...NODES.map((node) => ({
      check: 'every-node-returns',
      severity: 'fail' as const,
      node,
      claim: 'answers' as const,
      message: `${node} did not come back from restart 1: answers broken`,
    })),
    {
      check: 'no-cascade',
      severity: 'fail',
      message: 'web-4, web-3 and web-2 were never touched and left service after web-1',
    },
  ],
  receipts: [
    lostReceipt('web-1', 22_000, '228 of 213 MiB'),
    lostReceipt('web-4', 50_400, '214 of 213 MiB'),
    lostReceipt('web-3', 51_400, '215 of 213 MiB'),
    lostReceipt('web-2', 52_400, '214 of 213 MiB'),
  ],
  windows: windows(true),
  load: {
    offered: 12_000,
    answered: 5_000,
    failed: { timeout: 3_000, 'http-5xx': 3_933 },
    unsent: 7,
    inFlight: 60,
    lateness: null,
    cpuShare: null,
  },
  cascade: {
    happened: true,
    chain: [{ node: 'web-1', atMs: 22_000, relation: 'hit', evidence: 'policy-restart' }],
    outageMs: 37_300,
    totalOutageAtMs: 59_300,
  },
  timeline: story,
});

export const flagship: RunResult = {
  schemaVersion: 1,
  runId: 'supervisor-swap-0001',
  scenario: 'supervisor-swap',
  file: 'scenarios/supervisor-swap.ts',
  seed: 7,
  verdict: 'pass',
  exitCode: 0,
  environments: [environment('release'), production, environment('production-fixed')],
  artifacts: ['verdict.json', 'junit.xml', 'summary.md', 'environments/release/events.ndjson'],
  leftBehind: [],
};

/** The same run of a scenario that expects production to pass: the suite must be red. */
export const surprising: RunResult = {
  ...flagship,
  verdict: 'fail',
  exitCode: 99,
  environments: [{ ...production, expected: { verdict: 'pass', findings: [] }, asExpected: false }],
};
