// k6, the user's own program: users or a rate, by a script made from the plan or a script of the user's. What it hides
// when a server dies, and what is done about it, is in docs/decisions/0007.
import { z } from 'zod';
import { startEngineProcess } from '../engine-process.js';
import type { LoadEngine } from '../engine.js';
import { findK6 } from '../k6/find.js';
import { inspectScript } from '../k6/inspect.js';

const options = z.strictObject({
  /** A k6 script of the user's, from the scenario's folder: what each iteration does; the stages stay the scenario's. */
  script: z.string().min(1).optional(),
});
export type K6Options = z.infer<typeof options>;

export const k6: LoadEngine<K6Options> = {
  name: 'k6',
  summary: "users or a rate, driven by the k6 of this machine (PATH or REMUSTER_K6); with a k6 script of the user's",
  options,
  models: ['closed', 'open'],
  files: ['script'],
  arrivals: ['even'],
  connections: ['fresh', 'kept'],
  async ready(plan, signal) {
    const { path } = await findK6(process.env, signal);
    const { script } = plan.engine.options as unknown as K6Options;
    if (script !== undefined) await inspectScript(path, plan, script, signal);
  },
  async start(plan, seed, target, observe, signal) {
    await findK6(process.env, signal);
    return startEngineProcess('k6-worker', { plan, seed, target }, observe, signal);
  },
};
