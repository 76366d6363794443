// The fault `policy-restart`: drives a node over the limit of its supervisor's own policy (memory: it grows; watchdog: it is
// stopped, and says no more that it lives) and lets the policy act.
// It lands when the supervisor itself says that it restarts. Environments without such a policy may name an `otherwise`.
import { z } from 'zod';
import { HarnessError, messageOf } from '../core/errors.js';
import { formatMs, parseSize } from '../core/units.js';
import type { Plan } from '../plan/plan.js';
import type { Policy } from '../plan/promise.js';
import { optionWords } from '../scenario/choice-text.js';
import type { Aim, Fault, FaultContext } from './fault.js';
import { restartCommand } from './restart-command.js';
import { pullUntil, trigger } from './trigger.js';
import { describeVictims, keysOf, victims } from './victims.js';

const DEFAULT_PUSH_BYTES = 60 * 1024 ** 2;
/** A policy looks every periodMs; it gets this many looks before the fault counts as missed. */
const LOOKS = 10;
const LEAST_DEADLINE_MS = 15_000;

const options = z.strictObject({
  policy: z.enum(['memory', 'watchdog']).default('memory'),
  /** For memory: so much more. */
  push: z
    .string()
    .transform((text, context) => {
      const bytes = parseSize(text);
      if (bytes !== undefined) return bytes;
      context.addIssue(`"${text}" is not a size; write it like '60MiB'`);
      return z.NEVER;
    })
    .default(DEFAULT_PUSH_BYTES),
  /** For an own server and memory: what makes it grow, in the place of `push`. */
  trigger: trigger.optional(),
  otherwise: z.enum(['command', 'restart-command']).optional(),
});
type Options = z.infer<typeof options>;

function policyOf(plan: Plan, { policy }: Options): Policy | undefined {
  return plan.facts.promise.policies.find((each) => each.name === policy);
}

export const policyRestart: Fault<Options> = {
  name: 'policy-restart',
  summary: "pushes a node over its supervisor's own limit (memory, watchdog) and lets the policy restart it",
  options,

  path(chosen, plan) {
    if (!policyOf(plan, chosen)) return restartCommand.path({}, plan);
    return { name: 'policy-restart', subject: 'master', expects: 'replaced' };
  },

  validate(chosen, plan) {
    const { name, node } = plan.environment;
    const known = policyOf(plan, chosen);
    if (known && chosen.policy === 'memory' && !chosen.trigger) refuseWhatCannotGrow(known, plan);
    if (known && chosen.policy === 'watchdog') refuseWhoIsNotHeard(plan);
    if (known || chosen.otherwise) return;
    const options = plan.facts.promise.policyOptions?.[chosen.policy];
    const [lacks, remedy] = options
      ? ['has no', `give the supervisor ${optionWords(options).join(' and ')}, or`]
      : ['knows no', 'give'];
    throw new HarnessError('invalid', `environment ${name}: ${node.supervisor.kind} ${lacks} ${chosen.policy} policy`, {
      hint: `${remedy} the fault an otherwise: 'restart-command'`,
    });
  },

  aim(chosen, context) {
    if (!policyOf(context.plan, chosen)) return restartCommand.aim({}, context);
    const census = context.census();
    const found = victims(census, 'master');
    const targets = keysOf(found);
    const { container, name } = context.node;
    return Promise.resolve({
      targets,
      undo:
        chosen.policy === 'memory'
          ? { kind: 'none', node: name, why: 'the restart itself frees the memory' }
          : { kind: 'signal', containerId: container.id, node: name, signal: 'CONT', targets },
      description: `${chosen.policy} of ${describeVictims('master', found, census)} pushed over its limit`,
    });
  },

  async hit(chosen, aim, context, sent) {
    const policy = policyOf(context.plan, chosen);
    if (!policy) return restartCommand.hit({}, aim, context, sent);
    const deadlineMs = Math.max(LEAST_DEADLINE_MS, policy.periodMs * LOOKS);
    let isOver = false;
    const acted = context
      .heard((said) => said.means?.action === 'restart-by-policy', deadlineMs)
      .finally(() => (isOver = true));
    acted.catch(() => undefined);
    sent();
    try {
      const pushed = chosen.trigger
        ? await pullUntil(chosen.trigger, context.node, () => isOver, context.abort)
        : await push(chosen, aim, context);
      const said = await acted;
      return { landed: true, evidence: `${pushed}; ${said.means?.detail ?? said.line}`, targets: aim.targets };
    } catch (error) {
      return {
        landed: false,
        evidence: `no restart by the ${chosen.policy} policy (limit ${policy.limit}) within ${formatMs(deadlineMs)}: ${messageOf(error)}`,
        targets: [],
      };
    }
  },

  /** A master that the watchdog did not end must not stay stopped. */
  async heal({ policy }, aim, context) {
    if (policy === 'memory') return undefined;
    const left = await Promise.all(aim.targets.map((key) => context.signal(key, 'CONT')));
    return left.includes(true) ? 'SIGCONT to the master, which was still there' : undefined;
  },
};

function refuseWhoIsNotHeard({ environment: { name, node }, facts }: Plan): void {
  if (node.own || facts.tellsSystemd === 'alive') return;
  const { supervisor, server } = node;
  throw new HarnessError(
    'invalid',
    `environment ${name}: ${server.kind} never says that it lives: the watchdog of ${supervisor.kind} restarts it for ever, whatever the fault does`,
    { hint: 'take a server that sends keep-alives' },
  );
}

/** Without a trigger of the scenario's, a request makes the process grow that answers it. */
function refuseWhatCannotGrow(policy: Policy, { environment: { name, node }, facts }: Plan): void {
  if (node.own)
    throw new HarnessError('invalid', `environment ${name}: nobody knows how to make an own server grow`, {
      hint: "give the fault a trigger: { request: '/leak' } or { command: [...] }",
    });
  if (policy.mainProcessOnly && facts.workers !== 0)
    throw new HarnessError(
      'invalid',
      `environment ${name}: the memory policy of ${node.supervisor.kind} looks at the main process alone, and what grows here are the workers of ${node.server.kind}: it would never act`,
      { hint: 'take a server without workers, or give the fault a trigger that makes the main process grow' },
    );
}

async function push(chosen: Options, { targets }: Aim, context: FaultContext): Promise<string> {
  const { app, node } = context;
  if (chosen.policy === 'watchdog') {
    // It is continued by systemd itself together with the watchdog's signal; systemd.kill(5).
    const taken = await Promise.all(targets.map((key) => context.signal(key, 'STOP')));
    if (!taken.includes(true)) throw new HarnessError('timed-out', 'no master could be stopped');
    return 'the master is stopped';
  }
  if (!app.grow) throw new HarnessError('timed-out', `the application ${app.name} cannot be made to grow`);
  return app.grow(node, chosen.push, context.abort);
}
