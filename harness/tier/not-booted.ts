// Why a node did not boot: what was waited for, whether anybody listens there, what the supervisor says, what the log says.
import { HarnessError, messageOf } from '../core/errors.js';
import { silenceOf } from './listeners.js';
import type { Node } from './plugins.js';
import { listensOf } from './service.js';
import { tellingLines } from './telling-lines.js';

/** Some rounds of a server that dies again and again. */
const LOG_LINES = 60;

/** The error of a node that does not boot, with what its supervisor and its log say. */
export async function notBooted(node: Node, why: string, cause?: unknown): Promise<HarnessError> {
  const { name } = node.supervisor;
  const own = await node.supervisor.lastWords?.(node).catch(() => '');
  const status = await node.supervisor.status(node).then(
    ({ word, raw }) => `${name} says "${word}"${own ? '' : `: ${raw.trim().replaceAll(/\s+/g, ' ').slice(0, 300)}`}`,
    (error: unknown) => `${name} cannot be asked: ${messageOf(error)}`,
  );
  const listens = listensOf(node.service);
  const silent =
    listens.kind === 'port' ? await silenceOf(node.container, listens.port).catch(() => undefined) : undefined;
  const log = own ? own : tellingLines(await node.container.logTail(LOG_LINES).catch(() => ''));
  const said = log.trim() === '' ? '' : `; its log says: ${log.trim().slice(-600)}`;
  const hint = cause instanceof HarnessError ? cause.hint : undefined;
  return new HarnessError(
    'boot-failed',
    `node ${node.name} did not boot: ${why}${silent === undefined ? '' : `; ${silent}`}; ${status}${said}`,
    { hint: hint ?? wayOut(why), cause },
  );
}

function wayOut(why: string): string {
  return /\banswered \d/.test(why)
    ? 'health: names a path that answers 2xx to a plain GET'
    : 'keep the containers with --keep and look inside';
}
