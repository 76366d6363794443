// A server of its own, and loads on it, for each test: so tests run side by side, and nothing of them is left at their end.
import type { LoadPlan, RequestSpec } from '../../../harness/plan/load-plan.js';
import type { LoadCase } from './cases.js';
import { Drive } from './drive.js';
import { planFor, type EngineAndModel } from './plan.js';
import { CountingServer } from './served.js';

export interface Stage {
  readonly server: CountingServer;
  readonly drive: (requests: readonly RequestSpec[], more?: Partial<LoadPlan>) => Promise<Drive>;
  readonly driveCase: (of: LoadCase) => Promise<Drive>;
}

/** `body` as a test of its own. */
export function onStage(
  { engine, model }: Pick<EngineAndModel, 'engine' | 'model'>,
  body: (stage: Stage) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const server = new CountingServer();
    const drives: Drive[] = [];
    const drive: Stage['drive'] = (requests, more) => {
      const started = new Drive(engine, planFor(engine, model, requests, more), server.target);
      drives.push(started);
      return started.start();
    };
    try {
      await server.start();
      await body({ server, drive, driveCase: ({ requests, timeoutMs }) => drive(requests, { timeoutMs }) });
    } finally {
      for (const each of drives) each.abort.abort(new Error('the test is over'));
      await server.remove();
    }
  };
}
