// The deployment of an environment over what its nodes booted as, in two batches as operators roll it out, and the
// smoke check that they make afterwards.
import { waitFor } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { DeployedOver, NodeSpec } from '../plan/node-spec.js';
import type { Observe } from '../record/events.js';
import { assemble, deployOf } from './assembly.js';
import type { Progress } from './boot.js';
import { smoke } from './boot-checks.js';
import type { Node } from './plugins.js';

const SMOKE_DEADLINE_MS = 5_000;

/** Deploys to every node; returns the nodes as they are now: with the new service. */
export async function rollOut(
  nodes: readonly Node[],
  over: DeployedOver,
  to: NodeSpec,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly Node[]> {
  const { service, supervisor, supervisorOptions } = assemble(to);
  const deploy = deployOf(over.deploy.kind);
  progress(`deploying (${deploy.name}) over what is running`);
  const half = Math.ceil(nodes.length / 2);
  for (const batch of [nodes.slice(0, half), nodes.slice(half)]) {
    await Promise.all(batch.map((node) => deploy.apply(node, over.from, to, over.deploy.options, signal)));
  }
  return nodes.map((node) => ({ ...node, service, supervisor, supervisorOptions }));
}

/** One good answer from each node is all that a smoke check asks for: that is why it proves so little. */
export async function smokeCheck(nodes: readonly Node[], observe: Observe, signal: AbortSignal): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      try {
        const evidence = await waitFor(() => smoke(node), {
          what: `${node.name} to answer`,
          deadlineMs: SMOKE_DEADLINE_MS,
          signal,
        });
        observe({ kind: 'smoke', node: node.name, ok: true, evidence });
      } catch (error) {
        signal.throwIfAborted();
        observe({ kind: 'smoke', node: node.name, ok: false, evidence: messageOf(error) });
      }
    }),
  );
}
