// The prober's process: probes every node on an absolute schedule, closely around a fault, and tells what changed. It is
// a process of its own so that a busy generator or controller cannot make it late.
import { everyMs, serveParent } from '../../core/child.js';
import { monotonicMs } from '../../core/clock.js';
import type { ObservedEvent } from '../../record/events.js';
import { LatenessBook } from '../lateness.js';
import { probe, type ProbeResult, type ProbeTarget } from './probe.js';

const EVERY_MS = 100;
const CLOSE_EVERY_MS = 15;
/** A hung node answers none of them: more would only pile up. */
const MOST_IN_FLIGHT = 5;
const WRITE_AT_LEAST_EVERY_MS = 1_000;

export type ProberOrder =
  | { readonly order: 'start'; readonly targets: readonly ProbeTarget[]; readonly consecutive: number }
  | { readonly order: 'focus'; readonly node: string; readonly ms: number };

const lateness = new LatenessBook();

/** Probes one node for ever. Results are told in the order in which the probes were sent. */
function watch(target: ProbeTarget, consecutive: number, tell: (event: ObservedEvent) => void) {
  let focusUntilMs = 0;
  let streak = 0;
  let last: ProbeResult | undefined;
  let writtenMs = 0;
  let inFlight = 0;
  let newestMs = 0;

  const take = (result: ProbeResult): void => {
    if (result.sentMs < newestMs) return; // An older one that took longer says nothing new.
    newestMs = result.sentMs;
    const same = last?.outcome === result.outcome && masterOf(last.generation) === masterOf(result.generation);
    streak = same ? streak + 1 : 1;
    last = result;
    if (streak > consecutive && result.sentMs - writtenMs < WRITE_AT_LEAST_EVERY_MS) return;
    writtenMs = result.sentMs;
    const { sentMs, ...rest } = result;
    tell({ kind: 'probe', atMs: sentMs, node: target.node, ...rest, streak });
  };
  const timer = everyMs(
    () => (monotonicMs() < focusUntilMs ? CLOSE_EVERY_MS : EVERY_MS),
    (lateMs) => {
      lateness.add(lateMs);
      if (inFlight >= MOST_IN_FLIGHT) return;
      inFlight += 1;
      void probe(target).then((result) => {
        inFlight -= 1;
        take(result);
      });
    },
  );
  return {
    node: target.node,
    focus(ms: number) {
      focusUntilMs = monotonicMs() + ms;
      timer.hurry();
    },
    stop: () => timer.stop(),
  };
}

/** Workers of one master answer in turn; that is no change. */
function masterOf(generation: string | undefined): string | undefined {
  return generation?.split('/').at(-1);
}

const watches: ReturnType<typeof watch>[] = [];
const tell = serveParent(
  (message) => {
    const order = message as ProberOrder;
    if (order.order === 'focus') watches.find((each) => each.node === order.node)?.focus(order.ms);
    else watches.push(...order.targets.map((target) => watch(target, order.consecutive, tell)));
  },
  () => {
    for (const each of watches) each.stop();
    tell({ kind: 'lateness', who: 'probe', ...lateness.result(), atMs: monotonicMs() } satisfies ObservedEvent);
    process.stdout.write('', () => process.exit(0));
  },
);
