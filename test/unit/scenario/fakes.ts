// Small plug-ins for the tests of scenarios and plans: enough to validate options and to ask for facts, nothing runs.
import { z } from 'zod';
import { HarnessError } from '../../../harness/core/errors.js';
import { parseSize } from '../../../harness/core/units.js';
import type { Fault } from '../../../harness/faults/fault.js';
import type { LoadEngine } from '../../../harness/load/engine.js';
import type { PlugInMaps } from '../../../harness/scenario/plug-ins.js';
import type { App, Balancer, Dependency, Deploy, Server, Supervisor } from '../../../harness/tier/plugins.js';

function unused(): never {
  throw new Error('nothing is run here');
}

const size = z.string().transform((text, context) => {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  context.addIssue(`"${text}" is not a size`);
  return z.NEVER;
});

function supervisor(name: string, isPid1: boolean, options: z.ZodType): Supervisor {
  return {
    name,
    summary: `the supervisor ${name}`,
    options,
    isPid1,
    image: null,
    volatileEnv: [],
    promise: (chosen) => ({
      restartsAfter: ['signal'],
      followsInPlace: 'same-pid',
      words: { up: 'it runs' },
      restartDelayMs: 100,
      noticeMs: 100,
      runningWords: ['up'],
      settlesWithinMs: 0,
      holdsListener: false,
      respawnsItself: false,
      policies: (chosen as { memoryLimit?: number }).memoryLimit
        ? [{ name: 'memory', periodMs: 1000, limit: String((chosen as { memoryLimit?: number }).memoryLimit) }]
        : [],
      ...(name === 'bluepill' ? { policyOptions: { memory: { memoryLimit: '300MiB' } } } : {}),
    }),
    suggests: () => ({ daemonize: false, ownPidFile: false }),
    recipe: unused,
    adopt: unused,
    isSupervisor: unused,
    status: unused,
    restart: unused,
    watch: unused,
    meaningOf: unused,
  };
}

const server: Server = {
  name: 'unicorn',
  summary: 'a server',
  options: z.strictObject({ workers: z.int().min(1).default(4), daemonize: z.boolean().optional() }),
  image: 'node-ruby',
  service: unused,
  platform: 'rack',
  paths: () => [],
  volatileEnv: ['UNICORN_FD'],
  patienceMs: 1000,
  workers: (options) => (options as { workers: number }).workers,
};

const app: App = {
  name: 'shop',
  summary: 'an application',
  platforms: ['rack'],
  options: z.strictObject({ serviceMs: z.int().default(50), logBytes: z.int().default(0), rig: z.string().optional() }),
  parts: (options) => ({
    env: {},
    files: [],
    cwd: '/app',
    healthPath: '/health',
    launcher: [],
    outputBytesPerRequest: (options as { logBytes: number }).logBytes,
  }),
};

const balancer: Balancer = {
  name: 'haproxy',
  summary: 'a balancer',
  options: z.strictObject({}),
  image: 'balancer-haproxy',
  hasStates: true,
  port: 80,
  controlPorts: [],
  recipe: unused,
  view: unused,
  books: unused,
  parseLine: unused,
};

const dependency: Dependency = {
  name: 'redis',
  summary: 'a service',
  options: z.strictObject({}),
  image: () => 'service-redis',
  ready: () => [],
};

const deploy: Deploy = { name: 'hot', summary: 'a deploy', options: z.strictObject({}), apply: unused };

const engine: LoadEngine = {
  name: 'autocannon',
  summary: 'an engine',
  options: z.strictObject({}),
  models: ['closed'],
  start: unused,
};

const kill: Fault = {
  name: 'kill',
  summary: 'a fault',
  options: z.strictObject({
    signal: z.enum(['KILL', 'TERM']).default('KILL'),
    process: z.enum(['master', 'worker', 'supervisor']).default('master'),
  }),
  path: () => ({ name: 'kill', subject: 'master', expects: 'replaced' }),
  aim: unused,
  hit: unused,
};

const policyRestart: Fault = {
  ...kill,
  name: 'policy-restart',
  options: z.strictObject({ push: size.default(1), otherwise: z.enum(['command']).optional() }),
  validate(options, plan) {
    if (plan.facts.promise.policies.length > 0 || (options as { otherwise?: string }).otherwise) return;
    throw new HarnessError('invalid', `environment ${plan.environment.name}: no memory policy here`, {
      hint: 'give the fault an otherwise',
    });
  },
};

export const fakeMaps: PlugInMaps = {
  supervisors: {
    systemd: supervisor('systemd', true, z.strictObject({ startLimitBurst: z.int().optional() })),
    bluepill: supervisor('bluepill', false, z.strictObject({ memoryLimit: size.optional() })),
  },
  servers: { unicorn: server },
  apps: { shop: app },
  balancers: { haproxy: balancer },
  dependencies: { redis: dependency },
  deploys: { hot: deploy },
  engines: { autocannon: engine },
  faults: { kill, 'policy-restart': policyRestart },
  checks: ['muster', 'every-node-returns', 'no-cascade'],
};

/** A scenario that is right, as an author writes it; `over` replaces top-level keys. */
export function written(over: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    name: 'small',
    nodes: 4,
    environments: { only: { supervisor: 'systemd', server: 'unicorn' } },
    load: { stages: [{ users: 20, for: '5s' }, { users: 60 }] },
    rounds: [{ fault: 'kill', target: 'each' }],
    ...over,
  };
}
