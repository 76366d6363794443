// The fault `dependency-down`: a service beside the nodes is away for a while; with `kill`, servers are killed meanwhile and
// have to boot without it. The restart that works every day, and not on the day when everything is down.
import { z } from 'zod';
import { HarnessError, messageOf } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { formatMs } from '../core/units.js';
import { duration } from '../scenario/values.js';
import { answers, bringUp, takeAway } from '../tier/dependencies.js';
import type { RunningDependency } from '../tier/plugins.js';
import type { Fault, FaultContext } from './fault.js';
import { refuseOutOfReach } from './reach.js';
import { allGone, describeVictims, keysOf, victims } from './victims.js';

const GONE_WITHIN_MS = 5_000;

const options = z.strictObject({
  /** Its name among the scenario's `services`. */
  service: z.string(),
  for: duration.default(15_000),
  /** Killed (SIGKILL) while it is away. */
  kill: z.literal('master').optional(),
});
type Options = z.infer<typeof options>;

function dependencyOf({ service }: Options, { dependencies }: FaultContext): RunningDependency {
  const found = dependencies.find(({ name }) => name === service);
  if (!found) throw new HarnessError('internal', `the tier has no service named ${service}`);
  return found;
}

export const dependencyDown: Fault<Options> = {
  name: 'dependency-down',
  summary: 'takes a service away that the application needs, and can kill the server meanwhile',
  options,

  path: ({ kill }) => ({
    name: kill === undefined ? 'dependency-down' : 'kill-without-dependency',
    subject: 'master',
    expects: kill === undefined ? 'kept' : 'replaced',
  }),

  validate({ service, kill }, plan) {
    const known = Object.keys(plan.services);
    if (!known.includes(service)) {
      const near = nearestName(service, known);
      throw new HarnessError(
        'invalid',
        `the scenario has no service named "${service}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
        { hint: known.length === 0 ? "name it: services: { redis: 'redis' }" : `its services are ${known.join(', ')}` },
      );
    }
    if (kill !== undefined) refuseOutOfReach(plan, ['master'], 'KILL');
  },

  healAfterMs: (chosen) => chosen.for,

  aim(chosen, context) {
    const census = context.census();
    const found = victims(census, 'master');
    const { container, plugin, options: given } = dependencyOf(chosen, context);
    const blow = chosen.kill === undefined ? '' : `, and SIGKILL to ${describeVictims('master', found, census)}`;
    return Promise.resolve({
      targets: keysOf(found),
      undo: plugin.commands
        ? { kind: 'exec', containerId: container.id, node: chosen.service, argv: plugin.commands.start(given) }
        : { kind: 'start', containerId: container.id, node: chosen.service },
      description: `${chosen.service} away for ${formatMs(chosen.for)}${blow}`,
    });
  },

  async hit(chosen, aim, context, sent) {
    const dependency = dependencyOf(chosen, context);
    if (chosen.kill === undefined) sent();
    // Several nodes may be hit at once: the first takes it away, for the others it is away.
    await takeAway(dependency);
    const isAway = !(await answers(dependency));
    const evidence = `${aim.description}: ${isAway ? 'it answers no more' : 'it still answers'}`;
    const away = { landed: isAway, evidence, targets: aim.targets };
    if (chosen.kill === undefined || !away.landed) return away;
    sent();
    const taken = await Promise.all(aim.targets.map((key) => context.signal(key, 'KILL')));
    if (!taken.includes(true)) return { landed: false, evidence: `${aim.description}: hit nothing`, targets: [] };
    try {
      await context.seen((census) => allGone(census, aim.targets), GONE_WITHIN_MS);
    } catch (error) {
      context.abort.throwIfAborted();
      return { ...away, landed: false, evidence: `${aim.description}: still there (${messageOf(error)})` };
    }
    return { ...away, evidence: `${aim.description}: gone` };
  },

  async heal(chosen, _aim, context) {
    const dependency = dependencyOf(chosen, context);
    await bringUp(dependency, context.abort);
    return `${dependency.name} answers again`;
  },
};
