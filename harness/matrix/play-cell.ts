// Plays one cell: the plan of a cell through the same run, record and judge as `remuster run`; only what is told differs.
import { monotonicMs } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import type { Plan } from '../plan/plan.js';
import type { LiveReporter } from '../report/live/index.js';
import { run } from '../run.js';
import type { Runtime } from '../tier/runtime/runtime.js';
import type { Cell } from './cells.js';
import { notJudged, outcomeOf, type CellOutcome } from './outcome.js';

export interface PlannedCell {
  readonly id: string;
  readonly cell: Cell;
  readonly plan: Plan;
}

export interface CellTools {
  readonly runtime: Runtime;
  /** Folder of the cells' runs. */
  readonly out: string;
  readonly leftBehind: (what: readonly string[]) => void;
}

/** Many cells at once have no screen of their own; the matrix says when one has ended. */
const SILENT: LiveReporter = {
  environmentStarted: () => undefined,
  event: () => undefined,
  progress: () => undefined,
  environmentEnded: () => undefined,
  close: () => undefined,
};

/** After these no other cell could be played either. */
const FATAL: readonly HarnessError['code'][] = ['results-unwritable', 'cannot-run-here'];

export async function playCell(
  { cell, plan }: PlannedCell,
  attempts: number,
  { runtime, out, leftBehind }: CellTools,
  signal: AbortSignal,
): Promise<CellOutcome> {
  const startedMs = monotonicMs();
  const tookMs = (): number => Math.round(monotonicMs() - startedMs);
  try {
    // No variables of the caller's: a job summary of each of 150 cells would be no summary.
    const result = await run([plan], { runtime, out, keep: false, live: SILENT, env: {} }, signal);
    leftBehind(result.leftBehind);
    const [environment] = result.environments;
    if (!environment) return notJudged(cell, 'it was stopped before it began', tookMs(), attempts);
    return outcomeOf(cell, environment, { runId: result.runId, tookMs: tookMs(), attempts });
  } catch (error) {
    if (error instanceof HarnessError && FATAL.includes(error.code)) throw error;
    return notJudged(cell, `its run ended with an error: ${messageOf(error)}`, tookMs(), attempts);
  }
}
