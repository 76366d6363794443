// The fault `freeze`: SIGSTOP to the master or to the whole server, undone by SIGCONT. The processes live, the port
// accepts, nobody answers: what a hung node looks like to balancer and supervisor.
import { z } from 'zod';
import { HarnessError } from '../core/errors.js';
import type { ProcessKey } from '../core/identity.js';
import { parseKey } from '../core/identity.js';
import { parseDuration } from '../core/units.js';
import type { Fault, FaultContext } from './fault.js';
import { refuseOutOfReach } from './reach.js';
import { describeVictims, keysOf, victims } from './victims.js';

const options = z.strictObject({
  process: z.enum(['master', 'all']).default('all'),
  for: z
    .string()
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined && ms > 0) return ms;
      context.addIssue(`"${text}" is not a duration; write it like '3s'`);
      return z.NEVER;
    })
    .default(3_000),
});
type Options = z.infer<typeof options>;

/** State letters of those of `keys` that still exist ('T' is stopped); proc(5). */
async function states(context: FaultContext, keys: readonly ProcessKey[]): Promise<readonly string[]> {
  const pids = keys.map((key) => String(parseKey(key).pid)).join(' ');
  const script = `for p in ${pids}; do [ -r /proc/$p/status ] && while read -r n v _; do [ "$n" = State: ] && echo "$v"; done </proc/$p/status; done; :`;
  const { stdout } = await context.node.container.exec(['sh', '-c', script]);
  return stdout.split('\n').filter((line) => line !== '');
}

export const freeze: Fault<Options> = {
  name: 'freeze',
  summary: 'stops the server (SIGSTOP) for a while and lets it go on (SIGCONT)',
  options,

  path: ({ process }) => ({
    name: process === 'all' ? 'freeze' : 'freeze-master',
    subject: 'master',
    expects: 'either',
  }),

  validate: (_chosen, plan) => refuseOutOfReach(plan, ['master'], 'STOP'),

  healAfterMs: (chosen) => chosen.for,

  aim({ process }, context) {
    const census = context.census();
    const masters = victims(census, 'master');
    const workers = process === 'all' ? victims(census, 'workers') : [];
    const targets = keysOf([...masters, ...workers]);
    return Promise.resolve({
      targets,
      undo: {
        kind: 'signal',
        containerId: context.node.container.id,
        node: context.node.name,
        signal: 'CONT',
        targets,
      },
      description: `SIGSTOP to ${describeVictims('master', masters, census)}${workers.length > 0 ? ` and ${workers.length} workers` : ''}`,
    });
  },

  async hit(_chosen, aim, context, sent) {
    sent();
    const taken = await Promise.all(aim.targets.map((key) => context.signal(key, 'STOP')));
    const seen = taken.includes(true) ? await states(context, aim.targets) : [];
    const stopped = seen.filter((state) => state === 'T').length;
    return {
      landed: stopped > 0 && stopped === seen.length,
      evidence: `${aim.description}: ${stopped} of ${aim.targets.length} stopped`,
      targets: aim.targets,
    };
  },

  async heal(_chosen, aim, context) {
    await Promise.all(aim.targets.map((key) => context.signal(key, 'CONT')));
    const frozen = (await states(context, aim.targets)).filter((state) => state === 'T').length;
    if (frozen > 0)
      throw new HarnessError('internal', `${context.node.name}: ${frozen} processes are still stopped after SIGCONT`);
    return `SIGCONT to ${aim.targets.length} processes; none is stopped any more`;
  },
};
