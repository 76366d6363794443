// The writer: beside any load, writes to every node whose acknowledgement is a promise; after each restart, and once more
// after the rounds, it reads them again. A process of its own, as the generator's is.
import { startChild } from '../../core/child.js';
import { messageOf } from '../../core/errors.js';
import { waitFor } from '../../core/clock.js';
import type { LoadTarget } from '../../load/engine.js';
import type { WritesPlan } from '../../plan/load-plan.js';
import type { Observe, ObservedEvent } from '../../record/events.js';
import type { WriterOrder } from './writer-worker.js';
import { READ_BACK_DONE } from './written.js';

const CLOSE_GRACE_MS = 3_000;
/** A node that does not answer for so long is not observed. */
const READ_WITHIN_MS = 10_000;
/** Writes that are asked for one by one take longer than a list of them. */
const READ_EACH_WITHIN_MS = 30_000;
/** Right after a restart that was observed the node answers; if not, the reading after the rounds still tells. */
const READ_AFTER_RESTART_WITHIN_MS = 2_000;
/** What one last answer may take beyond that, and the process itself. */
const BEYOND_MS = 7_000;

export interface Writer {
  /**
   * Reads what these nodes have of the writes while it goes on writing. Only where one answer lists them all: asking for
   * each by itself would be a load of its own in the middle of the rounds.
   */
  readAfterRestart(nodes: readonly string[], signal: AbortSignal): Promise<void>;
  /** Writes no more, and reads what every node still has. Ends also when the process has ended. */
  readBack(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export function startWriter(
  targets: readonly (LoadTarget & { readonly node: string })[],
  writes: WritesPlan,
  observe: Observe,
): Writer {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const child = startChild(new URL(`./writer-worker.${extension}`, import.meta.url));
  const isEach = writes.read.path.includes('{id}');
  let stopping: Promise<void> | undefined;
  let isLost = false;
  let asked = 0;
  let done = 0;
  child.onMessage((message) => {
    if (message === READ_BACK_DONE) done += 1;
    else observe(message as ObservedEvent);
  });
  const lost = (why: string): void => {
    if (!stopping && !isLost) observe({ kind: 'blind', who: 'writer', state: 'lost', evidence: why });
    isLost = true;
  };
  void child.ended.then((why) => lost(`the writer ${why}`));
  const send = (order: WriterOrder): void => child.send(order);
  const read = async (order: Extract<WriterOrder, { order: 'read-back' }>, signal: AbortSignal): Promise<void> => {
    if (isLost) return;
    send(order);
    asked += 1;
    const look = () =>
      done >= asked || isLost
        ? ({ done: true, value: true } as const)
        : ({ done: false, evidence: 'its process has not said that all were read' } as const);
    try {
      await waitFor(look, { what: 'the writer to read', deadlineMs: order.withinMs + BEYOND_MS, everyMs: 20, signal });
    } catch (error) {
      signal.throwIfAborted();
      lost(messageOf(error));
    }
  };
  send({ order: 'start', writes, targets });
  return {
    async readAfterRestart(nodes, signal) {
      if (!isEach) await read({ order: 'read-back', withinMs: READ_AFTER_RESTART_WITHIN_MS, nodes }, signal);
    },
    readBack: (signal) => read({ order: 'read-back', withinMs: isEach ? READ_EACH_WITHIN_MS : READ_WITHIN_MS }, signal),
    stop: () => (stopping ??= child.close(CLOSE_GRACE_MS)),
  };
}
