// Boots what the tier's applications need beside themselves, before the nodes: a node may ask for it while it starts.
import { waitFor } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import type { PluginMap } from '../core/plugin.js';
import type { Plan } from '../plan/plan.js';
import { dependencies } from './dependencies/index.js';
import type { Dependency, RunningDependency } from './plugins.js';
import type { Runtime, TierNetwork } from './runtime/runtime.js';

const READY_DEADLINE_MS = 20_000;

export function bootDependencies(
  plan: Plan,
  runtime: Runtime,
  network: TierNetwork,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<readonly RunningDependency[]> {
  const all: PluginMap<Dependency> = dependencies;
  return Promise.all(
    Object.entries(plan.services).map(async ([name, { kind, options }]) => {
      const plugin = all[kind];
      if (!plugin) throw new HarnessError('internal', `no dependency named ${kind}`);
      const container = await network.create({
        name,
        image: await runtime.ensureImage(plugin.image, progress, signal),
        // It can be taken away and brought back while its address and its name stay, as on a host of its own.
        command: ['sleep', 'infinity'],
        env: {},
        files: [],
        publish: [],
        systemd: false,
        init: true,
      });
      const running = { name, plugin, options, container };
      await bringUp(running, signal);
      return running;
    }),
  );
}

/** Starts it, and waits until it answers; does nothing where it answers already. Throws `boot-failed` with its last words. */
export async function bringUp(
  { name, plugin, options, container }: RunningDependency,
  signal: AbortSignal,
): Promise<void> {
  if (await answers({ plugin, container })) return;
  await container.exec(plugin.start(options), { signal });
  const look = async () => {
    const { exitCode, stdout, stderr } = await container.exec(plugin.ready, { signal });
    if (exitCode === 0) return { done: true, value: true } as const;
    return { done: false, evidence: (stderr || stdout).trim() } as const;
  };
  try {
    await waitFor(look, { what: `${name} to answer`, deadlineMs: READY_DEADLINE_MS, everyMs: 100, signal });
  } catch (error) {
    signal.throwIfAborted();
    const log = await container.logTail(5).catch(() => '');
    throw new HarnessError('boot-failed', `service ${name} (${plugin.name}) did not come up: ${messageOf(error)}`, {
      evidence: log.trim().slice(-300),
      cause: error,
    });
  }
}

export async function answers({
  plugin,
  container,
}: Pick<RunningDependency, 'plugin' | 'container'>): Promise<boolean> {
  return (await container.exec(plugin.ready)).exitCode === 0;
}
