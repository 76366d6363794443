// Which supervisor looks after the server of a node? Found by looking: who listens, who its ancestors are, and what the
// supervisors that are there say themselves. For nodes of the user's own; nothing but sh and /proc is needed for the look.
import { waitFor, type Look } from '../core/clock.js';
import { HarnessError } from '../core/errors.js';
import { Agent } from '../observe/agent/agent.js';
import type { NodeLook, SeenProcess, Supervisor } from './plugins.js';
import type { Container } from './runtime/runtime.js';
import * as supervisors from './supervisors/index.js';

export interface Detected {
  readonly kind: string;
  /** As a scenario writes them: those that name the server to its supervisor. */
  readonly options: Readonly<Record<string, string | boolean>>;
  /** How it was known. */
  readonly why: string;
}

const LISTENS_DEADLINE_MS = 60_000;
const NAMES_DEADLINE_MS = 10_000;

/** Waits until somebody listens on the port. Throws `boot-failed` when nobody does. */
export async function detectSupervisor(
  container: Container,
  port: number,
  signal: AbortSignal,
  deadlineMs = LISTENS_DEADLINE_MS,
): Promise<Detected> {
  const agent = await Agent.open(container, container.name);
  try {
    await waitFor(() => lookAt(agent, container, port), {
      what: `somebody to listen on port ${port} of ${container.name}`,
      deadlineMs,
      everyMs: 250,
      signal,
    });
    return await waitFor(
      async (): Promise<Look<Detected>> => {
        const look = await lookAt(agent, container, port);
        return look.done ? named(look.value) : look;
      },
      {
        what: `a supervisor of ${container.name} to name the server`,
        deadlineMs: NAMES_DEADLINE_MS,
        everyMs: 500,
        signal,
      },
    );
  } finally {
    agent.end();
  }
}

/** One that is there and does not know the server (yet): some name no pid before it has been up for a while. */
async function named(look: NodeLook): Promise<Look<Detected>> {
  const found = await whoKnows(look);
  if (found) return { done: true, value: found };
  const all: readonly Supervisor[] = Object.values(supervisors);
  const inside = all.filter(({ isOutside, isPid1 }) => !isOutside && !isPid1);
  const silent = look.processes.find((process) =>
    inside.some((plugin) => plugin.isSupervisor(process, plugin.options.parse({}))),
  );
  if (silent) return { done: false, evidence: `pid ${silent.pid} ("${silent.command}") does not name the server` };
  return { done: true, value: theEngine(look) };
}

async function whoKnows(look: NodeLook): Promise<Detected | undefined> {
  const all: readonly Supervisor[] = Object.values(supervisors);
  // From the server up: a supervisord may itself be a unit of systemd. The container engine is above everybody.
  for (const plugin of all.filter(({ isOutside, isPid1 }) => !isOutside && !isPid1)) {
    const found = await plugin.finds?.(look);
    if (found) return { kind: plugin.name, ...found };
  }
  for (const plugin of all.filter(({ isPid1 }) => isPid1)) {
    const found = await plugin.finds?.(look);
    if (found) return { kind: plugin.name, ...found };
  }
  return undefined;
}

function theEngine(look: NodeLook): Detected {
  const all: readonly Supervisor[] = Object.values(supervisors);
  const [outside] = all.filter(({ isOutside }) => isOutside);
  if (!outside) throw new HarnessError('internal', 'no plug-in stands for the engine itself');
  const { pid, command } = look.server;
  return {
    kind: outside.name,
    options: {},
    why: `no supervisor is above the server (pid ${pid}, "${command}") in the node`,
  };
}

async function lookAt(agent: Agent, container: Container, port: number): Promise<Look<NodeLook>> {
  const { processes: scanned } = await agent.scan();
  const pids = scanned.map(({ pid }) => pid);
  const holders = (await agent.holders(pids, await agent.listeners({ kind: 'port', port }))).pids;
  const people = await agent.who(pids);
  const processes = scanned.map(({ pid, ppid }): SeenProcess => ({
    pid,
    ppid,
    command: people.get(pid)?.argv.join(' ') ?? '',
  }));
  const top = processes.find(({ pid, ppid }) => holders.has(pid) && !holders.has(ppid));
  if (!top) return { done: false, evidence: `of ${processes.length} processes none listens there` };
  const ancestors: SeenProcess[] = [];
  for (let up = parentOf(top, processes); up && !ancestors.includes(up); up = parentOf(up, processes))
    ancestors.push(up);
  return { done: true, value: { container, port, server: top, ancestors, processes } };
}

function parentOf({ ppid }: SeenProcess, processes: readonly SeenProcess[]): SeenProcess | undefined {
  return processes.find(({ pid }) => pid === ppid);
}
