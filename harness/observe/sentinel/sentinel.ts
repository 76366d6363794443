// The sentinel: beside any engine, a few requests a second of its own through the balancer, to find the edges of an
// outage to the request. Its requests have their own way in, so that none of them is counted as load.
import { startChild } from '../../core/child.js';
import type { LoadTarget } from '../../load/engine.js';
import type { Observe, ObservedEvent } from '../../record/events.js';
import type { SentinelOrder } from './sentinel-worker.js';

const CLOSE_GRACE_MS = 3_000;
/** So many requests in a row that fail are an outage, and not one bad answer; in a larger tier one for each node. */
const LEAST_IN_A_ROW = 3;

export interface Sentinel {
  stop(): Promise<void>;
}

/** An edge is known to within one request: 20 ms at 50 a second, which take 1 to 2 % of a core. */
export function startSentinel(
  target: LoadTarget,
  { path, nodes, rate }: { readonly path: string; readonly nodes: number; readonly rate: number },
  observe: Observe,
): Sentinel {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const child = startChild(new URL(`./sentinel-worker.${extension}`, import.meta.url));
  let stopping: Promise<void> | undefined;
  child.onMessage((message) => observe(message as ObservedEvent));
  void child.ended.then((why) => {
    if (!stopping) observe({ kind: 'blind', who: 'sentinel', state: 'lost', evidence: `the sentinel ${why}` });
  });
  const order: SentinelOrder = { target, path, rate, inARow: Math.max(LEAST_IN_A_ROW, nodes) };
  child.send(order);
  return { stop: () => (stopping ??= child.close(CLOSE_GRACE_MS)) };
}
