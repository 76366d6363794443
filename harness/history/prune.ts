// Which stored runs may go: all but the newest of each scenario, the last that passed, and what somebody still needs. Pure.
import type { PastRun } from './past-runs.js';

/** A run that was not judged may go on: it is left alone for so long. */
const MAY_GO_ON_MS = 24 * 3_600_000;

/** Oldest first, as given. `nowMs`: wall clock. */
export function prunable(runs: readonly PastRun[], keep: number, nowMs: number): readonly PastRun[] {
  const scenarios = [...new Set(runs.map(({ meta }) => meta.scenario))];
  const kept = new Set(
    scenarios.flatMap((scenario) => {
      const own = runs.filter(({ meta }) => meta.scenario === scenario);
      const lastPass = own.findLast(({ result }) => result?.verdict === 'pass');
      return [...own.slice(-keep), ...(lastPass ? [lastPass] : [])];
    }),
  );
  return runs.filter((run) => !kept.has(run) && !run.isOpen && !mayGoOn(run, nowMs));
}

function mayGoOn({ result, meta }: PastRun, nowMs: number): boolean {
  return result === undefined && nowMs - Date.parse(meta.startedAt) < MAY_GO_ON_MS;
}
