// Plug-ins for the tests of the matrix: two supervisors, two servers (one process, and workers), four faults; nothing runs.
import { z } from 'zod';
import type { Fault } from '../../../harness/faults/fault.js';
import type { PlugInMaps } from '../../../harness/scenario/plug-ins.js';
import { HarnessError } from '../../../harness/core/errors.js';
import type { CellOutcome } from '../../../harness/matrix/outcome.js';
import { fakeMaps } from '../scenario/fakes.js';

const kill = fakeMaps.faults['kill']!;
const policyRestart = fakeMaps.faults['policy-restart']!;
const unicorn = fakeMaps.servers['unicorn']!;

const reload: Fault = {
  ...kill,
  name: 'reload',
  options: z.strictObject({}),
  path: () => ({ name: 'reload', subject: 'workers', expects: 'replaced' }),
  validate(_options, plan) {
    if (plan.environment.node.server.kind === 'unicorn') return;
    throw new HarnessError('invalid', `${plan.environment.node.server.kind} has no reload`);
  },
};

const freeze: Fault = { ...kill, name: 'freeze', options: z.strictObject({}), healAfterMs: () => 1_000 };
const exec: Fault = { ...kill, name: 'exec', options: z.strictObject({ command: z.string() }) };

/** Planning asks what a supervisor suggests; the fakes of scenarios need not know. */
const supervisors = Object.fromEntries(
  Object.entries(fakeMaps.supervisors).map(([name, supervisor]) => [
    name,
    { ...supervisor, suggests: () => ({ daemonize: false, ownPidFile: false }) },
  ]),
);

export const maps: PlugInMaps = {
  ...fakeMaps,
  supervisors,
  balancers: {
    haproxy: { ...fakeMaps.balancers['haproxy']!, options: z.strictObject({ reuse: z.enum(['never', 'safe']) }) },
  },
  servers: {
    unicorn: {
      ...unicorn,
      paths: () => [{ name: 'reload', subject: 'workers', expects: 'replaced', signal: { name: 'HUP' } }],
    },
    puma: {
      ...unicorn,
      name: 'puma',
      options: z.strictObject({ workers: z.int().min(0).default(0) }),
      paths: () => [{ name: 'in-place', subject: 'master', expects: 're-executed', signal: { name: 'USR2' } }],
    },
  },
  faults: {
    kill: {
      ...kill,
      path: (options) => {
        const { process } = options as { process: 'master' | 'worker' | 'supervisor' };
        return { name: `kill-${process}`, subject: process, expects: 'replaced' };
      },
    },
    'policy-restart': {
      ...policyRestart,
      options: z.strictObject({ policy: z.enum(['memory']).default('memory'), push: z.string().default('1MiB') }),
    },
    reload,
    freeze,
    exec,
  },
};

export function outcome(id: string, over: Partial<CellOutcome> = {}): CellOutcome {
  const [supervisor = '', server = '', path = ''] = id.split('/');
  const isTrap = supervisor === 'trap';
  return {
    id,
    supervisor: isTrap ? 'systemd' : supervisor,
    server: isTrap ? 'unicorn' : server,
    path: isTrap ? 'kill-master' : path,
    setting: isTrap ? `${server}/${path}` : 'defaults',
    verdict: 'pass',
    broken: [],
    checks: [],
    recoveredMs: 1_200,
    reason: '',
    tookMs: 15_000,
    attempts: 1,
    runId: 'a-run',
    ...over,
  };
}
