// At the end of an environment: the nodes' own logs, kept in the run's folder before the containers go.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../core/errors.js';
import type { Tier } from './boot.js';
import type { Container } from './runtime/runtime.js';

const KEPT_LINES = 5_000;

/** Prints each log file and each journal of the node; best effort, one file a node. */
const COLLECT = `for f in /var/log/*.log /var/log/*/*.log; do [ -f "$f" ] && echo "==> $f" && tail -n 2000 "$f"; done
command -v journalctl >/dev/null && echo "==> journal" && journalctl --no-pager -n 2000 2>/dev/null; :`;

async function logOf(container: Container, inside: boolean): Promise<string> {
  const own = await container.logTail(KEPT_LINES).catch((error: unknown) => messageOf(error));
  if (!inside) return own;
  const collected = await container.exec(['sh', '-c', COLLECT]).then(
    ({ stdout }) => stdout,
    (error: unknown) => messageOf(error),
  );
  return `${collected}\n==> container\n${own}`;
}

export async function saveLogs(tier: Tier, folder: string): Promise<void> {
  const all: readonly (readonly [string, Container, boolean])[] = [
    ...tier.nodes.map((node) => [node.name, node.container, true] as const),
    ...tier.dependencies.map(({ name, container }) => [name, container, false] as const),
    ['balancer', tier.balancer, false],
  ];
  await Promise.all(
    all.map(async ([name, container, inside]) => {
      await mkdir(join(folder, name), { recursive: true });
      // The balancer's request lines are in the journal as counts; its last lines are enough here.
      await writeFile(join(folder, name, 'log.txt'), await logOf(container, inside));
    }),
  );
}
