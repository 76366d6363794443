// The default engine of users: autocannon 9.0.0 behind the guard, closed model. What it hides when a server dies, and how
// the guard makes it honest, is in docs/decisions/0005.
import { z } from 'zod';
import { duration } from '../../scenario/values.js';
import { startEngineProcess } from '../engine-process.js';
import type { LoadEngine } from '../engine.js';

const options = z.strictObject({
  /** Negative control: the generator blocks itself for so long every second. */
  stall: duration.default(0),
});
export type AutocannonOptions = z.infer<typeof options>;

export const autocannon: LoadEngine<AutocannonOptions> = {
  name: 'autocannon',
  summary:
    'closed model: users who wait for an answer, then think; autocannon 9.0.0 behind a guard that keeps its books',
  options,
  models: ['closed'],
  start: (plan, seed, target, observe, signal) =>
    startEngineProcess('autocannon-worker', { plan, seed, target }, observe, signal),
};
