// Boots a tier: images, nodes under their supervisors, the balancer in front; and waits until all of it answers.
import { get } from 'node:http';
import { monotonicMs, waitFor, type Look } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import { formatMs } from '../core/units.js';
import type { NodeSpec, Plan } from '../plan/plan.js';
import { assemble, balancerOf, type Assembly } from './assembly.js';
import { detectSupervisor } from './detect.js';
import { notBooted } from './not-booted.js';
import { ownContainer } from './own-node.js';
import { bootBalancer } from './boot-balancer.js';
import { bootDependencies } from './dependencies.js';
import type { Balancer, Node, RunningDependency } from './plugins.js';
import { WHAT_REMAINS, whyUnseen } from './shell.js';
import type { Container, ContainerSpec, Runtime, TierNetwork } from './runtime/runtime.js';

const BOOT_DEADLINE_MS = 60_000;
const ASK_SUPERVISOR_EVERY_MS = 3_000;
/** Longer than any supervisor takes to call a server running that answers. */
const LOOKS_AFTER_DEADLINE_MS = 15_000;
const DETECT_DEADLINE_MS = 2_000;
const PROBE_TIMEOUT_MS = 2_000;

export interface Tier {
  readonly nodes: readonly Node[];
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
  const unseen = nodes.find((node) => node.unseen !== undefined);
  if (unseen) progress(`${unseen.name}: ${unseen.unseen ?? ''}; ${WHAT_REMAINS}`);
  const balancer = await bootBalancer(plan, nodes, balancerPlugin, balancerImage, network, signal);
  progress(`tier is up after ${formatMs(monotonicMs() - startedAt)}`);
  return { nodes, assembly, balancer, balancerPlugin, dependencies };
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
    await waitFor(answersOrGivenUp(node), {
      what: `${name} to answer ${service.healthPath}`,
      deadlineMs: own?.bootMs ?? BOOT_DEADLINE_MS,
      everyMs: 100,
      signal,
    });
    const unseen = own ? await whyUnseen(container) : undefined;
    if (unseen !== undefined) return { ...node, unseen };
    if (own) await looksAfter(node, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw await notBooted(node, messageOf(error), error);
  }
  return node;
}

/** A smoke check; while it fails, the supervisor is asked now and then: one that has given up need not be waited for. */
function answersOrGivenUp(node: Node): () => Promise<Look<string>> {
  let askMs = monotonicMs() + ASK_SUPERVISOR_EVERY_MS;
  return async () => {
    const look = await smoke(node);
    if (look.done || monotonicMs() < askMs) return look;
    askMs = monotonicMs() + ASK_SUPERVISOR_EVERY_MS;
    await notAbsent(node);
    const { state, word } = await node.supervisor.status(node);
    if (state === 'failed') throw new HarnessError('boot-failed', `${node.supervisor.name} has given up: "${word}"`);
    return look;
  };
}

async function notAbsent(node: Node): Promise<void> {
  const absent = await node.supervisor.absent?.(node);
  if (absent !== undefined) throw new HarnessError('boot-failed', absent);
}

/** Somebody answers; but is it what the scenario's supervisor looks after? Else every receipt would be about nobody. */
async function looksAfter(node: Node, signal: AbortSignal): Promise<void> {
  const look = async (): Promise<Look<true>> => {
    const { state, word, trackedPid } = await node.supervisor.status(node);
    if (state === 'running' && trackedPid !== null) return { done: true, value: true };
    return { done: false, evidence: `it says "${word}"${trackedPid === null ? ' and tracks no process' : ''}` };
  };
  const detect = async (): Promise<string> => {
    const found = await detectSupervisor(node.container, node.service.port, signal, DETECT_DEADLINE_MS);
    const options = Object.entries(found.options).map(
      ([name, value]) => `${name}: ${typeof value === 'string' ? `'${value}'` : String(value)}`,
    );
    return `what looks after it seems to be { ${[`kind: '${found.kind}'`, ...options].join(', ')} }: ${found.why}`;
  };
  const looked = notAbsent(node).then(() =>
    waitFor(look, {
      what: `${node.supervisor.name} on ${node.name} to say that it runs the server, which answers already`,
      deadlineMs: LOOKS_AFTER_DEADLINE_MS,
      everyMs: 250,
      signal,
    }),
  );
  await looked.catch(async (error: unknown) => {
    signal.throwIfAborted();
    throw new HarnessError('boot-failed', `${messageOf(error)}; ${await detect().catch(messageOf)}`, { cause: error });
  });
}

/** One request to a node's health path on a fresh connection, as an operator would make it after a deployment. */
export async function smoke(node: Node): Promise<Look<string>> {
  const { host, port } = node.container.reach(node.service.port);
  return new Promise((resolve) => {
    const no = (evidence: string): void => resolve({ done: false, evidence });
    const request = get(
      { host, port, path: node.service.healthPath, agent: false, timeout: PROBE_TIMEOUT_MS },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve({ done: true, value: `answered ${status}` });
        else
          no(`answered ${status}${response.headers.location === undefined ? '' : `, to ${response.headers.location}`}`);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer in ${PROBE_TIMEOUT_MS} ms`)));
    request.on('error', (error) => no(error.message));
  });
}
