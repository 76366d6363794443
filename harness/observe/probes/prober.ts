// Direct probes of every node, from a process of their own: always on fresh connections, never through the balancer.
import { startChild } from '../../core/child.js';
import type { ObservedEvent, Observe } from '../../record/events.js';
import type { ProbeTarget } from './probe.js';
import type { ProberOrder } from './probe-worker.js';

const CLOSE_GRACE_MS = 3_000;

export interface Prober {
  /** Probes this node closely for so long. */
  focus(node: string, ms: number): void;
  stop(): Promise<void>;
}

export function startProber(
  targets: readonly ProbeTarget[],
  options: { readonly consecutive: number },
  observe: Observe,
): Prober {
  const child = startChild(
    new URL(import.meta.url.endsWith('.ts') ? './probe-worker.ts' : './probe-worker.js', import.meta.url),
  );
  const send = (order: ProberOrder): void => child.send(order);
  let stopping: Promise<void> | undefined;
  child.onMessage((message) => observe(message as ObservedEvent));
  void child.ended.then((why) => {
    if (!stopping) observe({ kind: 'blind', who: 'probe', state: 'lost', evidence: `the prober ${why}` });
  });
  send({ order: 'start', targets, consecutive: options.consecutive });
  return {
    focus: (node, ms) => send({ order: 'focus', node, ms }),
    stop: () => (stopping ??= child.close(CLOSE_GRACE_MS)),
  };
}
