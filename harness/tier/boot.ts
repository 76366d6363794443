// Boots a tier: images, nodes under their supervisors, the balancer in front; and waits until all of it answers.
import { monotonicMs } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import { formatMs } from '../core/units.js';
import type { NodeSpec } from '../plan/node-spec.js';
import type { Plan } from '../plan/plan.js';
import { assemble, balancerOf, type Assembly } from './assembly.js';
import { notBooted } from './not-booted.js';
import { ownContainer } from './own-node.js';
import { bootBalancer } from './boot-balancer.js';
import { bootServices } from './boot-services.js';
import { answersInTime, looksAfter } from './boot-checks.js';
import { bootDependencies } from './dependencies.js';
import type { Balancer, Node, RunningDependency } from './plugins.js';
import { WHAT_REMAINS, whyUnseen } from './shell.js';
import type { Container, ContainerSpec, Runtime, TierNetwork } from './runtime/runtime.js';

const BOOT_DEADLINE_MS = 60_000;

export interface Tier {
  readonly nodes: readonly Node[];
  /** The posts (plan/posts.ts): each node, followed by its further services as nodes that share its container. */
  readonly posts: readonly Node[];
  readonly assembly: Assembly;
  readonly balancer: Container;
  readonly balancerPlugin: Balancer;
  readonly dependencies: readonly RunningDependency[];
}

export type Progress = (line: string) => void;

/** Boots the nodes as `spec` says, and the balancer. Throws `boot-failed` with the supervisor's last words. */
export async function bootTier(
  plan: Plan,
  spec: NodeSpec,
  runtime: Runtime,
  network: TierNetwork,
  progress: Progress,
  signal: AbortSignal,
): Promise<Tier> {
  const assembly = assemble(spec);
  const balancerPlugin = balancerOf(plan.balancer.kind);
  const startedAt = monotonicMs();
  const container = await nodeContainer(assembly, runtime, progress, signal);
  const balancerImage = await runtime.ensureImage(balancerPlugin.image, progress, signal);
  const dependencies = await bootDependencies(plan, runtime, network, progress, signal);
  progress(`booting ${plan.nodes.length} nodes: ${spec.supervisor.kind}, ${spec.server.kind}`);
  const nodes = await Promise.all(plan.nodes.map((name) => bootNode(name, assembly, container, network, signal)));
  const further = await Promise.all(
    nodes.map((node) => bootServices(node, assembly.own?.services ?? [], assembly.own?.bootMs ?? 0, signal)),
  );
  const unseen = nodes.find((node) => node.unseen !== undefined);
  if (unseen) progress(`${unseen.name}: ${unseen.unseen ?? ''}; ${WHAT_REMAINS}`);
  const balancer = await bootBalancer(plan, nodes, balancerPlugin, balancerImage, network, signal);
  progress(`tier is up after ${formatMs(monotonicMs() - startedAt)}`);
  const posts = nodes.flatMap((node, index) => [node, ...(further[index] ?? [])]);
  return { nodes, posts, assembly, balancer, balancerPlugin, dependencies };
}

export type NodeContainer = Omit<ContainerSpec, 'name'>;

/** How each node's container is made; its image is there then. */
export async function nodeContainer(
  assembly: Assembly,
  runtime: Runtime,
  progress: Progress,
  signal: AbortSignal,
): Promise<NodeContainer> {
  const { own, service, supervisor, supervisorOptions } = assembly;
  if (own) {
    const image = await runtime.ensureOwnImage(own.source, progress, signal);
    return ownContainer(own, image, service, supervisor.own?.(supervisorOptions) ?? {});
  }
  const recipe = supervisor.recipe(service, supervisorOptions);
  const image = await runtime.ensureImage(assembly.image, progress, signal);
  return { ...recipe.container, image, files: [...service.files, ...recipe.files], publish: [service.port] };
}

/** One node, and until it answers and its supervisor says that it looks after it. */
export async function bootNode(
  name: string,
  assembly: Assembly,
  spec: NodeContainer,
  network: TierNetwork,
  signal: AbortSignal,
): Promise<Node> {
  const { own, service, supervisor, supervisorOptions } = assembly;
  const container = await network.create({ ...spec, name });
  const node: Node = { name, container, supervisor, supervisorOptions, service };
  for (const argv of own ? [] : supervisor.recipe(service, supervisorOptions).start) {
    const { exitCode, stdout, stderr } = await container.exec(argv, { signal });
    if (exitCode !== 0)
      throw await notBooted(node, `${argv.join(' ')} ended with ${exitCode}: ${(stderr || stdout).trim().slice(-500)}`);
  }
  try {
    await answersInTime(node, own?.bootMs ?? BOOT_DEADLINE_MS, signal);
    const unseen = own ? await whyUnseen(container) : undefined;
    if (unseen !== undefined) return { ...node, unseen };
    if (own) await looksAfter(node, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw await notBooted(node, messageOf(error), error);
  }
  return node;
}
