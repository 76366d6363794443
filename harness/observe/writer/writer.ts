// The writer: beside any load, writes to every node whose acknowledgement is a promise; after the rounds it reads them
// again. A process of its own, as the generator's is.
import { startChild } from '../../core/child.js';
import type { LoadTarget } from '../../load/engine.js';
import type { WritesPlan } from '../../plan/plan.js';
import type { Observe, ObservedEvent } from '../../record/events.js';
import type { WriterOrder } from './writer-worker.js';
import { READ_BACK_DONE } from './written.js';

const CLOSE_GRACE_MS = 3_000;
/** A node that does not answer for so long is not observed. */
const READ_WITHIN_MS = 10_000;

export interface Writer {
  /** Writes no more, and reads what every node still has. Ends also when the process has ended. */
  readBack(): Promise<void>;
  stop(): Promise<void>;
}

export function startWriter(
  targets: readonly (LoadTarget & { readonly node: string })[],
  writes: WritesPlan,
  observe: Observe,
): Writer {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const child = startChild(new URL(`./writer-worker.${extension}`, import.meta.url));
  let stopping: Promise<void> | undefined;
  const done = new Promise<void>((resolve) => {
    child.onMessage((message) => (message === READ_BACK_DONE ? resolve() : observe(message as ObservedEvent)));
  });
  const ended = child.ended.then((why) => {
    if (!stopping) observe({ kind: 'blind', who: 'writer', state: 'lost', evidence: `the writer ${why}` });
  });
  const send = (order: WriterOrder): void => child.send(order);
  send({ order: 'start', writes, targets });
  return {
    async readBack() {
      send({ order: 'read-back', withinMs: READ_WITHIN_MS });
      await Promise.race([done, ended]);
    },
    stop: () => (stopping ??= child.close(CLOSE_GRACE_MS)),
  };
}
