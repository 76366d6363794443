// The default engine of rates: requests are sent when they are due, on raw sockets with a kept parser, and latency
// counts from then. A tier that stands still is met by as many requests as one that answers.
import { z } from 'zod';
import { duration } from '../../scenario/values.js';
import { startEngineProcess } from '../engine-process.js';
import type { LoadEngine } from '../engine.js';

const options = z.strictObject({
  /** Negative control: the generator blocks itself for so long every second. */
  stall: duration.default(0),
});

export const open: LoadEngine<z.infer<typeof options>> = {
  name: 'open',
  summary: 'open model: requests arrive at a rate, answered or not; raw sockets, each request due at its own time',
  options,
  models: ['open'],
  start: (plan, seed, target, observe, signal) =>
    startEngineProcess('open-worker', { plan, seed, target }, observe, signal),
};
