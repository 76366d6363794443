// The fault `clean-exit`: the master ends well, by the server's own graceful stop, and not because its supervisor wished it:
// what a deployment script's `kill`, or a server that ends by itself after so many requests, does. Many supervisors leave
// that as it is: Restart=on-failure of systemd, autorestart=unexpected of supervisord, on-failure of Docker.
import { z } from 'zod';
import { messageOf } from '../core/errors.js';
import type { Fault } from './fault.js';
import { allGone, describeVictims, keysOf, victims } from './victims.js';

const options = z.strictObject({});
type Options = z.infer<typeof options>;

/** Beyond the service's own stop grace. */
const SLACK_MS = 10_000;

export const cleanExit: Fault<Options> = {
  name: 'clean-exit',
  summary: 'ends the master by its own graceful stop signal, past its supervisor: exit code 0',
  options,

  path: () => ({ name: 'clean-exit', subject: 'master', expects: 'replaced' }),

  aim(_options, context) {
    const census = context.census();
    const found = victims(census, 'master');
    return Promise.resolve({
      targets: keysOf(found),
      undo: { kind: 'none', node: context.node.name, why: 'a server that ended is not brought back: that is the test' },
      description: `SIG${context.node.service.stop.signal} to ${describeVictims('master', found, census)}`,
    });
  },

  async hit(_options, aim, context, sent) {
    const { signal, graceMs } = context.node.service.stop;
    const { targets } = aim;
    sent();
    const taken = await Promise.all(targets.map((key) => context.signal(key, signal)));
    if (!taken.includes(true)) return { landed: false, evidence: `${aim.description}: hit nothing`, targets: [] };
    try {
      await context.seen((census) => allGone(census, targets), graceMs + SLACK_MS);
    } catch (error) {
      context.abort.throwIfAborted();
      return { landed: false, evidence: `${aim.description}: did not end (${messageOf(error)})`, targets };
    }
    return { landed: true, evidence: `${aim.description}: ended`, targets };
  },
};
