// Which supervisor an image of the user's brings: one node of it is started in a network of its own,
// beside the services that it needs, looked at and removed.
import { HarnessError, messageOf } from '../core/errors.js';
import type { NodeSpec, OwnNode } from '../plan/node-spec.js';
import type { Plan } from '../plan/plan.js';
import { newRunId } from '../record/run-id.js';
import type { Progress } from './boot.js';
import { bootDependencies } from './dependencies.js';
import { detectSupervisor, type Detected } from './detect.js';
import { isInit, ownContainer, ownService } from './own-node.js';
import { whyUnseen } from './shell.js';
import { docker } from './supervisors/docker.js';
import type { Runtime } from './runtime/runtime.js';

/** Throws `boot-failed` when nobody comes to listen on its port; nothing is left either way. */
export async function lookInside(
  spec: NodeSpec & { readonly own: OwnNode },
  plan: Pick<Plan, 'services'>,
  runtime: Runtime,
  progress: Progress,
  signal: AbortSignal,
): Promise<Detected> {
  const { own } = spec;
  const image = await runtime.ensureOwnImage(own.source, progress, signal);
  progress(`starting one node of ${image.tag}, to see who looks after its server`);
  const network = await runtime.createNetwork(newRunId('detect'), 'detect', 'run');
  try {
    // A server that cannot reach what it needs may never listen.
    await bootDependencies(plan, runtime, network, progress, signal);
    const container = await network.create({
      ...ownContainer(own, image, ownService(own, spec), { systemd: isInit(own, image) }),
      name: 'node',
    });
    // Then there is nobody to ask, and nothing in it that could start a server again.
    if ((await whyUnseen(container)) !== undefined)
      return {
        kind: docker.name,
        options: {},
        why: 'its image has no sh: nobody can look inside, and the engine runs it',
      };
    return await detectSupervisor(container, own.port, signal, own.bootMs).catch(async (error: unknown) => {
      signal.throwIfAborted();
      throw new HarnessError('boot-failed', `nobody can be found who looks after the server: ${messageOf(error)}`, {
        evidence: (await container.logTail(5).catch(() => '')).trim().slice(-300),
        cause: error,
      });
    });
  } finally {
    await network.remove();
  }
}
