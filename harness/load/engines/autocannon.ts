// The default engine: autocannon 9.0.0 behind the guard, closed model. What it hides when a server dies, and how the
// guard makes it honest, is in docs and in notes on load.
import { z } from 'zod';
import { startChild } from '../../core/child.js';
import { HarnessError } from '../../core/errors.js';
import type { LoadTotals, ObservedEvent } from '../../record/events.js';
import { duration } from '../../scenario/values.js';
import type { EngineOrder } from '../autocannon-worker.js';
import type { LoadEngine } from '../engine.js';

const CLOSE_GRACE_MS = 2_000;

const options = z.strictObject({
  /** Negative control: the generator blocks itself for so long every second. */
  stall: duration.default(0),
});
type Options = z.infer<typeof options>;

export const autocannon: LoadEngine<Options> = {
  name: 'autocannon',
  summary:
    'closed model: users who wait for an answer, then think; autocannon 9.0.0 behind a guard that keeps its books',
  options,
  models: ['closed'],

  async start(plan, seed, target, observe, signal) {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const child = startChild(new URL(`../autocannon-worker.${extension}`, import.meta.url));
    const send = (order: EngineOrder): void => child.send(order);
    let totals: LoadTotals | undefined;
    let tellTotals: (totals: LoadTotals) => void = () => undefined;
    let tellStarted: () => void = () => undefined;
    const done = new Promise<LoadTotals>((resolve) => (tellTotals = resolve));
    const started = new Promise<void>((resolve) => (tellStarted = resolve));
    child.onMessage((message) => {
      const event = message as ObservedEvent;
      observe(event);
      if (event.kind !== 'load') return;
      if (event.state === 'started') tellStarted();
      if (event.state === 'stopped' && event.totals) tellTotals((totals = event.totals));
    });
    let stopping: Promise<LoadTotals> | undefined;
    const endedEarly = child.ended.then((why) => {
      if (!stopping) observe({ kind: 'load', state: 'died', evidence: why });
      return why;
    });
    const stop = async (graceMs: number): Promise<LoadTotals> => {
      send({ order: 'stop', graceMs });
      await Promise.race([done, endedEarly]);
      await child.close(CLOSE_GRACE_MS);
      if (!totals) throw new HarnessError('internal', `the load generator gave no books: ${await endedEarly}`);
      return totals;
    };
    signal.addEventListener('abort', () => void (stopping ??= stop(0)).catch(() => undefined), { once: true });
    const stallMs = (plan.engine.options as Options).stall;
    send({ order: 'start', plan, seed, target, stallMs });
    await Promise.race([
      started,
      endedEarly.then((why) => {
        throw new HarnessError('internal', `the load generator did not start: ${why}`);
      }),
    ]);
    return { stop: (graceMs) => (stopping ??= stop(graceMs)), died: endedEarly };
  },
};
