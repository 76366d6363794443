// The parent's side of every load engine: starts its process, passes on what it tells, and gets its books at the end.
import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../core/child.js';
import { HarnessError } from '../core/errors.js';
import { formatMs } from '../core/units.js';
import type { LoadPlan } from '../plan/load-plan.js';
import type { LoadTotals, Observe, ObservedEvent } from '../record/events.js';
import type { LoadTarget, RunningLoad } from './engine.js';

/** From the order to start to its first word: Node, and what the engine loads. */
const START_DEADLINE_MS = 20_000;
/** Beyond the grace that it was given for what is in flight. */
const STOP_DEADLINE_MS = 5_000;
const CLOSE_GRACE_MS = 2_000;

/** What the parent tells the process of an engine. */
export type EngineOrder =
  | { readonly order: 'start'; readonly plan: LoadPlan; readonly seed: number; readonly target: LoadTarget }
  | { readonly order: 'stop'; readonly graceMs: number };

/** `worker`: name of the module in harness/load, without its ending. Throws `internal` when it does not start. */
export async function startEngineProcess(
  worker: string,
  order: { readonly plan: LoadPlan; readonly seed: number; readonly target: LoadTarget },
  observe: Observe,
  signal: AbortSignal,
): Promise<RunningLoad> {
  signal.throwIfAborted();
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const child = startChild(new URL(`./${worker}.${extension}`, import.meta.url));
  const send = (message: EngineOrder): void => child.send(message);
  let totals: LoadTotals | undefined;
  let tellTotals: () => void = () => undefined;
  let tellStarted: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (tellTotals = resolve));
  const started = new Promise<void>((resolve) => (tellStarted = resolve));
  child.onMessage((message) => {
    const event = message as ObservedEvent;
    observe(event);
    if (event.kind !== 'load') return;
    if (event.state === 'started') tellStarted();
    if (event.state === 'stopped' && event.totals) {
      totals = event.totals;
      tellTotals();
    }
  });

  let stopping: Promise<LoadTotals> | undefined;
  let tellDied: (why: string) => void = () => undefined;
  const died = new Promise<string>((resolve) => (tellDied = resolve));
  void child.ended.then((why) => {
    if (stopping) return;
    observe({ kind: 'load', state: 'died', evidence: why });
    tellDied(why);
  });
  const stop = async (graceMs: number): Promise<LoadTotals> => {
    send({ order: 'stop', graceMs });
    const inTime = await within(Promise.race([done, child.ended]), graceMs + STOP_DEADLINE_MS);
    await child.close(inTime ? CLOSE_GRACE_MS : 0);
    if (totals) return totals;
    const why = inTime ? await child.ended : `no answer in ${formatMs(graceMs + STOP_DEADLINE_MS)}`;
    throw new HarnessError('internal', `the load generator gave no books: ${why}`);
  };
  const stopOnAbort = (): void => void (stopping ??= stop(0)).catch(() => undefined);
  signal.addEventListener('abort', stopOnAbort, { once: true });
  void child.ended.then(() => signal.removeEventListener('abort', stopOnAbort));

  send({ order: 'start', ...order });
  const failed = child.ended.then((why) => {
    throw new HarnessError('internal', `the load generator did not start: ${why}`);
  });
  if (!(await within(Promise.race([started, failed]), START_DEADLINE_MS))) {
    await child.close(0);
    const limit = formatMs(START_DEADLINE_MS);
    throw new HarnessError('internal', `the load generator did not start: not a word in ${limit}`);
  }
  failed.catch(() => undefined); // Its end after it has started is told by `died` or by `stop`.
  return { stop: (graceMs) => (stopping ??= stop(graceMs)), died };
}

/** False when it takes longer. */
async function within(what: Promise<unknown>, deadlineMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(deadlineMs, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([what.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
