// Boots the balancer in front of the nodes, and waits until it has all of them up. One that does not take its configuration ends
// at once: then its own words are the answer.
import { waitFor, type Look } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import type { Plan } from '../plan/plan.js';
import type { Backend, Balancer, Node } from './plugins.js';
import type { Container, TierNetwork } from './runtime/runtime.js';

const BACKENDS_DEADLINE_MS = 20_000;
const LOG_LINES = 30;

/** Throws `boot-failed`. */
export async function bootBalancer(
  plan: Plan,
  nodes: readonly Node[],
  plugin: Balancer,
  image: string,
  network: TierNetwork,
  signal: AbortSignal,
): Promise<Container> {
  const backends = nodes.map(backendOf);
  const recipe = plugin.recipe(backends, plan.balancer.options);
  let balancer: Container | undefined;
  try {
    balancer = await network.create({
      name: 'balancer',
      image,
      command: recipe.command,
      env: {},
      files: recipe.files,
      publish: [plugin.port, ...plugin.controlPorts],
      systemd: false,
      init: false,
    });
    await allBackendsUp(nodes, plugin, balancer, signal);
    return balancer;
  } catch (error) {
    signal.throwIfAborted();
    const log = (await balancer?.logTail(LOG_LINES).catch(() => '')) ?? saidOf(error);
    const refused = plugin.refusal?.(log, backends, plan.balancer.options);
    const why = refused === undefined ? messageOf(error) : `it does not take its configuration: ${refused}`;
    throw new HarnessError('boot-failed', `the balancer did not come up: ${why}`, {
      ...(balancer === undefined || refused !== undefined ? {} : { evidence: log.trim().slice(-300) }),
      cause: error,
    });
  }
}

/** Of one that ended before anybody could look at it, the error has the last lines. */
function saidOf(error: unknown): string {
  return error instanceof HarnessError ? (error.evidence ?? '') : '';
}

function backendOf({ name, container, service }: Node): Backend {
  return { node: name, address: container.address, port: service.port, healthPath: service.healthPath };
}

async function allBackendsUp(
  nodes: readonly Node[],
  plugin: Balancer,
  balancer: Container,
  signal: AbortSignal,
): Promise<void> {
  const look = async (): Promise<Look<true>> => {
    const { word, exitCode } = await balancer.state();
    if (word === 'exited') throw new HarnessError('boot-failed', `${plugin.name} ended with ${exitCode}`);
    try {
      const views = await plugin.view(balancer);
      const down = nodes.filter((node) => !views.some((view) => view.node === node.name && view.up));
      if (down.length === 0) return { done: true, value: true };
      return { done: false, evidence: `not up: ${down.map((node) => node.name).join(', ')}` };
    } catch (error) {
      return { done: false, evidence: messageOf(error) };
    }
  };
  await waitFor(look, {
    what: `${plugin.name} to have all nodes up`,
    deadlineMs: BACKENDS_DEADLINE_MS,
    everyMs: 100,
    signal,
  });
}
