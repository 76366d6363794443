// Boots what the tier's applications need beside themselves, before the nodes: a node may ask for it while it starts.
import { join } from 'node:path';
import { waitFor } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import type { PluginMap } from '../core/plugin.js';
import type { Plan } from '../plan/plan.js';
import { dependencies } from './dependencies/index.js';
import { packageRoot } from './images/package-root.js';
import type { Dependency, RunningDependency } from './plugins.js';
import type { ContainerSpec, Runtime, TierNetwork } from './runtime/runtime.js';

const READY_DEADLINE_MS = 20_000;

export function bootDependencies(
  plan: Pick<Plan, 'services'>,
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
        ...whatItRuns(plugin, options),
        name,
        image: await imageOf(plugin.image(options), runtime, progress, signal),
        files: [],
        publish: [],
        systemd: false,
      });
      const running = { name, plugin, options, container };
      await bringUp(running, signal);
      return running;
    }),
  );
}

async function imageOf(
  wanted: ReturnType<Dependency['image']>,
  runtime: Runtime,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  if (typeof wanted === 'string') return runtime.ensureImage(wanted, progress, signal);
  if (wanted.kind !== 'package') return (await runtime.ensureOwnImage(wanted, progress, signal)).tag;
  const folder = join(packageRoot(), 'docker', 'package');
  const args = { BASE: await runtime.ensureImage('base', progress, signal), PACKAGE: wanted.package };
  const source = { kind: 'build', folder, dockerfile: 'Dockerfile', args } as const;
  return (await runtime.ensureOwnImage(source, progress, signal)).tag;
}

function whatItRuns(plugin: Dependency, options: unknown): Pick<ContainerSpec, 'command' | 'env' | 'init'> {
  if (plugin.runs) return { ...plugin.runs(options), init: false };
  // It can be taken away and brought back while its address and its name stay, as on a host of its own.
  return { command: ['sleep', 'infinity'], env: {}, init: true };
}

/** Starts it, and waits until it answers; does nothing where it answers already. Throws `boot-failed` with its last words. */
export async function bringUp(dependency: RunningDependency, signal: AbortSignal): Promise<void> {
  const { name, plugin, options, container } = dependency;
  if (await answers(dependency)) return;
  if (plugin.commands) await container.exec(plugin.commands.start(options), { signal });
  else if ((await container.state()).word !== 'running') await container.start();
  const look = async () => {
    const { ok, evidence } = await asked(dependency);
    return ok ? ({ done: true, value: true } as const) : ({ done: false, evidence } as const);
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

/** Ends it at once. */
export async function takeAway({ plugin, container }: RunningDependency): Promise<void> {
  if (plugin.commands) await container.exec(plugin.commands.kill);
  else if ((await container.state()).word === 'running') await container.kill();
}

export async function answers(dependency: RunningDependency): Promise<boolean> {
  return (await asked(dependency)).ok;
}

async function asked({ plugin, options, container }: RunningDependency): Promise<{ ok: boolean; evidence: string }> {
  const { word, error } = await container.state();
  if (word !== 'running') return { ok: false, evidence: `its container is ${word}${error === '' ? '' : `: ${error}`}` };
  const ready = plugin.ready(options);
  if (ready === null) return { ok: true, evidence: 'its container runs' };
  const { exitCode, stdout, stderr } = await container.exec(ready);
  return { ok: exitCode === 0, evidence: (stderr || stdout).trim() || `${ready.join(' ')} ended with ${exitCode}` };
}
