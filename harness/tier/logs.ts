// At the end of an environment: the nodes' own logs, kept in the run's folder before the containers go.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../core/errors.js';
import type { Tier } from './boot.js';
import type { Container } from './runtime/runtime.js';

const KEPT_LINES = 5_000;
const KEPT_FILE_LINES = 2_000;

/** Prints each log file and each journal of the node, without those of its packages; best effort, one file a node. */
const collect = (
  lines: number,
): string => `for f in /var/log/*.log /var/log/*/*.log; do case $f in */apt/*|*/dpkg.log|*/alternatives.log|*/bootstrap.log) continue;; esac; [ -f "$f" ] && echo "==> $f" && tail -n ${String(lines)} "$f"; done
command -v journalctl >/dev/null && echo "==> journal" && journalctl --no-pager -n ${String(lines)} 2>/dev/null; :`;

async function logOf(container: Container, inside: boolean): Promise<string> {
  return inside ? collectLogs(container, KEPT_FILE_LINES, KEPT_LINES) : ownOutput(container, KEPT_LINES);
}

function ownOutput(container: Container, lines: number): Promise<string> {
  return container.logTail(lines).catch((error: unknown) => messageOf(error));
}

/** The last lines of each log that a node has, of its journal, and of its container. */
export async function collectLogs(container: Container, lines: number, ownLines = lines): Promise<string> {
  const own = await ownOutput(container, ownLines);
  const collected = await container.exec(['sh', '-c', collect(lines)]).then(
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
