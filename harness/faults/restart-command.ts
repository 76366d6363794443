// The fault `restart-command`: the restart that an operator or a deployment script asks the supervisor for.
// The command's own exit code proves nothing (notes: `sv restart` said ok while nothing came back), so it lands when
// the old master is gone.
import { z } from 'zod';
import { messageOf } from '../core/errors.js';
import type { Fault, FaultContext, Landing } from './fault.js';
import { allGone, describeVictims, keysOf, victims } from './victims.js';

const options = z.strictObject({});
type Options = z.infer<typeof options>;

/** Beyond the service's own stop grace. */
const SLACK_MS = 10_000;

export const restartCommand: Fault<Options> = {
  name: 'restart-command',
  summary: "restarts the server through its supervisor's own command",
  options,

  path: () => ({ name: 'restart-command', subject: 'master', expects: 'replaced' }),

  aim(_options, context) {
    const census = context.census();
    const found = victims(census, 'master');
    return Promise.resolve({
      targets: keysOf(found),
      undo: { kind: 'none', node: context.node.name, why: 'a restart is not undone' },
      description: `restart by ${context.node.supervisor.name} of ${describeVictims('master', found, census)}`,
    });
  },

  async hit(_options, aim, context, sent) {
    sent();
    if (context.node.unseen !== undefined) return unseenRestart(context, aim.description);
    if (aim.targets.length === 0)
      return { landed: false, evidence: `${aim.description}: nothing to restart`, targets: [] };
    const gone = context.seen((census) => allGone(census, aim.targets), context.node.service.stop.graceMs + SLACK_MS);
    const answered = context.node.supervisor
      .restart(context.node)
      .catch((error: unknown) => `failed: ${messageOf(error)}`);
    try {
      await gone;
    } catch (error) {
      return {
        landed: false,
        evidence: `${aim.description}: ${await answered}; ${messageOf(error)}`,
        targets: aim.targets,
      };
    }
    return { landed: true, evidence: `${aim.description}: old master gone`, targets: aim.targets };
  },
};

/** Where no process can be seen: it landed when the supervisor, asked again, says that the server runs. */
async function unseenRestart({ node }: FaultContext, description: string): Promise<Landing> {
  const answer = await node.supervisor.restart(node);
  const { state, word } = await node.supervisor.status(node);
  const evidence = `${description}: ${answer}; it says "${word}"`;
  return { landed: state === 'running', evidence, targets: [] };
}
