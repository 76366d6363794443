// The fault `node-reboot`: the node goes down with everything in it, and is started again with what it has written: stale
// pid files, sockets and journals included. The path that hardly anybody tests.
import { z } from 'zod';
import { waitFor } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import { parseKey } from '../core/identity.js';
import { formatMs } from '../core/units.js';
import { duration } from '../scenario/values.js';
import type { Node } from '../tier/plugins.js';
import type { ContainerChange } from '../tier/runtime/runtime.js';
import { spendPids } from '../observe/agent/spend-pids.js';
import type { Aim, Fault } from './fault.js';
import { keysOf } from './victims.js';

const DEFAULT_GRACE_MS = 10_000;
/** Beyond the grace: the engine takes down network and mounts, and makes them anew. */
const DOWN_WITHIN_MS = 20_000;

const options = z.strictObject({
  /** PID 1 is asked to end; what is left after it is killed. */
  grace: duration.default(DEFAULT_GRACE_MS),
  /** True: a power cut, nobody is asked. */
  kill: z.boolean().default(false),
});
type Options = z.infer<typeof options>;

export const nodeReboot: Fault<Options> = {
  name: 'node-reboot',
  summary: 'stops and starts the whole node, with what it has written kept: stale pid files',
  options,
  hitsNode: true,

  path: () => ({ name: 'node-reboot', subject: 'node', expects: 'replaced' }),

  aim({ kill }, context) {
    const { node } = context;
    const processes = context.census()?.processes ?? [];
    return Promise.resolve({
      targets: keysOf(processes),
      undo: { kind: 'start', containerId: node.container.id, node: node.name },
      description: `${kill ? 'power cut' : 'reboot'} of ${node.name} with ${processes.length} processes`,
    });
  },

  async hit({ grace, kill }, aim, context, sent) {
    const { container } = context.node;
    const changes: ContainerChange[] = [];
    const unfollow = await container.follow((change) => changes.push(change));
    const last = (kind: ContainerChange['kind']): ContainerChange | undefined =>
      changes.findLast((change) => change.kind === kind);
    try {
      const before = await container.state();
      if (before.word !== 'running')
        return { landed: false, evidence: `${aim.description}: it was ${before.word}`, targets: [] };
      sent();
      await (kill ? container.kill() : container.stop(grace));
      const down = await told(() => last('ended'), context.node, 'to be down', context.abort);
      const commands = await bringUp(context.node, highestOf(aim), context.abort);
      const up = await told(() => last('started'), context.node, 'to be up', context.abort);
      const { word, startedAt } = await container.state();
      return {
        landed: startedAt !== before.startedAt,
        evidence: `${aim.description}: down for ${formatMs(up.atMs - down.atMs)}, ${word} again${commands}`,
        targets: aim.targets,
      };
    } finally {
      unfollow();
    }
  },

  async heal(_chosen, aim, context) {
    const { word } = await context.node.container.state();
    // Coming up again is part of it; only a reboot that was cut short leaves the node down.
    if (word === 'running') return undefined;
    const commands = await bringUp(context.node, highestOf(aim), context.abort);
    return `the node was ${word}, and is started again${commands}`;
  },
};

/** Of those that went down with the node. */
function highestOf({ targets }: Aim): number {
  return Math.max(0, ...targets.map((key) => parseKey(key).pid));
}

/**
 * A supervisor that is not PID 1 is started by the init of a real machine at each boot: so its start commands are run
 * again. Whether they work on what the last life has left is what is tested: their failure is told, not repaired.
 */
async function bringUp(node: Node, highestPid: number, signal: AbortSignal): Promise<string> {
  const { container, supervisor, supervisorOptions, service } = node;
  await container.start();
  const told: string[] = [];
  const { start } = supervisor.recipe(service, supervisorOptions);
  if (start.length > 0) await spendPids(container, highestPid);
  for (const argv of start) {
    const words = argv.join(' ');
    try {
      const { exitCode, stdout, stderr } = await container.exec(argv, { signal });
      const said = (stderr || stdout).trim().replaceAll(/\s+/g, ' ').slice(-200);
      told.push(`; ${words} ended with ${exitCode}${exitCode === 0 || said === '' ? '' : `: ${said}`}`);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HarnessError)) throw error;
      told.push(`; ${words} could not be run: ${messageOf(error)}`);
    }
  }
  return told.join('');
}

function told(
  look: () => ContainerChange | undefined,
  node: Node,
  what: string,
  signal: AbortSignal,
): Promise<ContainerChange> {
  return waitFor(
    () => {
      const change = look();
      return change
        ? { done: true, value: change }
        : { done: false, evidence: 'the engine has told of no such change' };
    },
    { what: `${node.name} ${what}`, deadlineMs: DOWN_WITHIN_MS, everyMs: 10, signal },
  );
}
