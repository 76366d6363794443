// The further services of a node that has booted: each is there when its supervisor says that it runs it and, where it has a
// port, when it answers there. One that is not as described is told before any load.
import { messageOf } from '../core/errors.js';
import type { FurtherService } from '../plan/node-spec.js';
import { postName } from '../plan/posts.js';
import { supervisorOf } from './assembly.js';
import { answersInTime, looksAfter } from './boot-checks.js';
import { isOnLoopbackOnly } from './listeners.js';
import { notBooted } from './not-booted.js';
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
        throw await notBooted(post, `${messageOf(error)}${await onLoopback(post)}`, error);
      }
      return post;
    }),
  );
}

/** A service of the node's own that only the node itself asks need not be reached from outside: there is a word for that. */
async function onLoopback({ container, service }: Node): Promise<string> {
  if (service.listens?.kind !== 'port') return '';
  const { port } = service.listens;
  return (await isOnLoopbackOnly(container, port))
    ? `; it listens on the loopback only, where nothing outside of the node can ask it: write port: '127.0.0.1:${String(port)}'`
    : '';
}
