// The further services of a node that has booted: each is there when its supervisor says that it runs it and, where it has a
// port, when it answers there. One that is not as described is told before any load.
import { messageOf } from '../core/errors.js';
import type { FurtherService } from '../plan/plan.js';
import { postName } from '../plan/posts.js';
import { supervisorOf } from './assembly.js';
import { answersInTime, looksAfter, notBooted } from './boot-checks.js';
import { furtherService } from './own-node.js';
import type { Node } from './plugins.js';

export async function bootServices(
  node: Node,
  services: readonly FurtherService[],
  deadlineMs: number,
  signal: AbortSignal,
): Promise<readonly Node[]> {
  return Promise.all(
    services.map(async (service) => {
      const { kind, options } = service.supervisor;
      const post: Node = {
        ...node,
        name: postName(node.name, service.name),
        supervisor: supervisorOf(kind),
        supervisorOptions: options,
        service: furtherService(node.service, service),
      };
      try {
        if (service.listens.kind === 'port') await answersInTime(post, deadlineMs, signal);
        if (node.unseen === undefined) await looksAfter(post, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw await notBooted(post, messageOf(error), error);
      }
      return post;
    }),
  );
}
