// `parity --live`: boots one node of each environment, asks its supervisor and reads its master from /proc, and compares
// the two; nothing is left. What is configured and what runs are two things, and this is the second.
import { randomBytes } from 'node:crypto';
import { waitFor, type Look } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import { Agent } from '../observe/agent/agent.js';
import { takeSnapshot } from '../observe/agent/snapshot.js';
import { compareReach, type Follows } from '../parity/follows.js';
import type { Reach } from '../parity/reach.js';
import type { Plan } from '../plan/plan.js';
import type { ServiceSnapshot } from '../record/events.js';
import { assemble } from '../tier/assembly.js';
import { bootNode, nodeContainer } from '../tier/boot.js';
import type { Node } from '../tier/plugins.js';
import { connectDocker } from '../tier/runtime/docker.js';
import type { Runtime } from '../tier/runtime/runtime.js';

/** A supervisor may look at its server some seconds after it serves. */
const SETTLE_DEADLINE_MS = 30_000;
const LOOK_EVERY_MS = 250;

type Progress = (line: string) => void;

export async function compareLive(
  of: Plan,
  other: Plan,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly Follows[]> {
  const runtime = await connectDocker();
  const runKey = randomBytes(16).toString('hex');
  const left = await lookAt(of, runtime, runKey, progress, signal);
  const right = await lookAt(other, runtime, runKey, progress, signal);
  const volatile = [...volatileNames(of), ...volatileNames(other)];
  return compareReach(left, right).filter(({ path }) => !volatile.some((name) => isNamed(path, name)));
}

function volatileNames({ environment }: Plan): readonly string[] {
  const { server, supervisor } = assemble(environment.node);
  return [...server.volatileEnv, ...supervisor.volatileEnv];
}

function isNamed(path: string, name: string): boolean {
  const whole = `environment ${name}`;
  return whole.endsWith('*') ? path.startsWith(whole.slice(0, -1)) : path === whole;
}

/** As a cold start runs it: a deployment over something older is not replayed. */
async function lookAt(
  plan: Plan,
  runtime: Runtime,
  runKey: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly Reach[]> {
  const { name, node: spec } = plan.environment;
  const assembly = assemble(spec);
  const container = await nodeContainer(assembly, runtime, progress, signal);
  progress(`booting one node of ${name}: ${spec.supervisor.kind}, ${spec.server.kind}`);
  const network = await runtime.createNetwork(`parity-${process.pid}-${Date.now().toString(36)}`, name, 'run');
  try {
    const node = await bootNode('web-1', assembly, container, network, signal);
    const agent = await Agent.open(node.container, node.name);
    try {
      return await reachOfNode(node, agent, runKey, signal);
    } finally {
      agent.end();
    }
  } finally {
    await network.remove();
  }
}

async function reachOfNode(node: Node, agent: Agent, runKey: string, signal: AbortSignal): Promise<readonly Reach[]> {
  const { key, pid } = await masterOf(node, agent, signal);
  const outcome = await takeSnapshot(agent, key, runKey, node.service.hidesEnvironment);
  if (outcome.kind !== 'taken') {
    const why = outcome.kind === 'gone' ? 'it ended while it was looked at' : outcome.why;
    throw new HarnessError('boot-failed', `the master on ${node.name} (pid ${pid}) cannot be read: ${why}`);
  }
  const { state, trackedPid } = await settledStatus(node, pid, signal);
  return [
    { path: 'supervisor says', value: state },
    {
      path: 'supervisor tracks',
      value: trackedPid === pid ? 'the master' : trackedPid === null ? 'nothing' : 'another process',
    },
    ...snapshotReach(outcome.snapshot),
  ];
}

/** The topmost process that holds the listener. */
async function masterOf(
  node: Node,
  agent: Agent,
  signal: AbortSignal,
): Promise<{ readonly key: string; readonly pid: number }> {
  const look = async (): Promise<Look<{ readonly key: string; readonly pid: number }>> => {
    const { processes } = await agent.scan(node.service.pidFile);
    const { pids } = await agent.holders(
      processes.map(({ pid }) => pid),
      await agent.listeners({ kind: 'port', port: node.service.port }),
    );
    const top = processes.find(({ pid, ppid }) => pids.has(pid) && !pids.has(ppid));
    return top
      ? { done: true, value: top }
      : { done: false, evidence: `${pids.size} holders of port ${node.service.port}` };
  };
  return waitFor(look, {
    what: `the master on ${node.name} to be seen`,
    deadlineMs: SETTLE_DEADLINE_MS,
    everyMs: LOOK_EVERY_MS,
    signal,
  });
}

/** Its good word with the master's pid; where that never comes, what it said last is what there is to compare. */
async function settledStatus(
  node: Node,
  master: number,
  signal: AbortSignal,
): ReturnType<Node['supervisor']['status']> {
  let last = await node.supervisor.status(node);
  try {
    await waitFor(
      async () => {
        last = await node.supervisor.status(node);
        const isGood = last.state === 'running' && last.trackedPid === master;
        return isGood ? { done: true, value: true } : { done: false, evidence: last.raw };
      },
      { what: `${node.supervisor.name} to settle`, deadlineMs: SETTLE_DEADLINE_MS, everyMs: LOOK_EVERY_MS, signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HarnessError)) throw new Error(messageOf(error), { cause: error });
  }
  return last;
}

function snapshotReach({ argv, env, cwd, uid, gid, umask, rlimits, cgroup }: ServiceSnapshot): readonly Reach[] {
  const each = (prefix: string, values: Readonly<Record<string, string>>): readonly Reach[] =>
    Object.entries(values).map(([name, value]) => ({ path: `${prefix} ${name}`, value: value.replace(/^text:/, '') }));
  return [
    { path: 'argv', value: argv.join(' ') },
    ...each('environment', env),
    { path: 'directory', value: cwd },
    { path: 'uid and gid', value: `${uid} ${gid}` },
    { path: 'umask', value: umask },
    ...each('limit', rlimits),
    ...each('cgroup', cgroup),
  ];
}
