// The fault `supervisor-death`: the supervisor itself is killed; the servers live on, and nobody looks after them unless
// somebody starts a new one. Where the supervisor is PID 1 the scenario's rules refuse it: that would end the node.
import { z } from 'zod';
import { messageOf } from '../core/errors.js';
import type { Fault } from './fault.js';
import { refuseOutOfReach } from './reach.js';
import { allGone, describeVictims, keysOf, victims } from './victims.js';

/** Asked to end, a supervisor may first stop what it supervises; supervisord waits 10 s for that by default. */
const GONE_WITHIN_MS = 30_000;

const options = z.strictObject({
  signal: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.replace(/^SIG/, '') : value),
      z.enum(['KILL', 'TERM', 'INT', 'QUIT', 'ABRT', 'SEGV']),
    )
    .default('KILL'),
});
type Options = z.infer<typeof options>;

export const supervisorDeath: Fault<Options> = {
  name: 'supervisor-death',
  summary: 'kills the supervisor itself (default KILL): who looks after the servers then?',
  options,

  path: () => ({ name: 'supervisor-death', subject: 'supervisor', expects: 'replaced' }),

  validate: ({ signal }, plan) => refuseOutOfReach(plan, ['supervisor'], signal),

  aim({ signal }, context) {
    const census = context.census();
    const found = victims(census, 'supervisor');
    return Promise.resolve({
      targets: keysOf(found),
      undo: { kind: 'none', node: context.node.name, why: 'a killed supervisor is not brought back: that is the test' },
      description: `SIG${signal} to ${describeVictims('supervisor', found, census)}`,
    });
  },

  async hit({ signal }, aim, context, sent) {
    const { targets } = aim;
    sent();
    const taken = await Promise.all(targets.map((key) => context.signal(key, signal)));
    if (!taken.includes(true)) return { landed: false, evidence: `${aim.description}: hit nothing`, targets: [] };
    try {
      await context.seen((census) => allGone(census, targets), GONE_WITHIN_MS);
    } catch (error) {
      context.abort.throwIfAborted();
      return { landed: false, evidence: `${aim.description}: still there (${messageOf(error)})`, targets };
    }
    return { landed: true, evidence: `${aim.description}: gone`, targets };
  },
};
