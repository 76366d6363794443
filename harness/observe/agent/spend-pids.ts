// Uses up the pids of a node's last life before anything of ours moves into the next one. Pids start anew with each start
// of a container, and stale pid files name low ones: without this, `kill 0` of a server or a supervisor on a stale pid
// would find our eyes alive (measured: bluepill took the agent for its server, and said `up` of a node that was dead).
import { monotonicMs, sleep } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { Container } from '../../tier/runtime/runtime.js';

const DEADLINE_MS = 5_000;
const AGAIN_AFTER_MS = 30;
/** Beyond it the new life will not get there soon, and to count so far would take longer than the start of a server. */
const MOST = 2_000;

/** One short-lived process after another, until the next pid is above all that were there before. */
const SPEND = 'last=0; while [ "$last" -le "$1" ]; do : & last=$!; wait "$last"; done';

/** What a booting machine does by itself, with the hundreds of commands of its boot. Never throws: the eyes come anyway. */
export async function spendPids(container: Container, highest: number): Promise<string> {
  if (highest === 0 || highest > MOST) return 'nothing to spend';
  const startedMs = monotonicMs();
  let evidence = 'not tried';
  while (monotonicMs() - startedMs < DEADLINE_MS) {
    try {
      const { exitCode } = await container.exec(['sh', '-c', SPEND, 'sh', String(highest)]);
      if (exitCode === 0) return `pids up to ${highest} are spent`;
      evidence = `it ended with ${exitCode}`;
    } catch (error) {
      evidence = messageOf(error); // A container that has just started takes no command for a moment.
    }
    await sleep(AGAIN_AFTER_MS);
  }
  return `pids up to ${highest} could not be spent: ${evidence}`;
}
