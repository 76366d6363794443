// The runs of one environment, oldest first, in the few figures by which people follow it. Pure.
import { backAfterMs } from '../report/facts.js';
import { median } from '../verdict/drift/trend.js';
import type { EnvironmentResult } from '../verdict/model.js';
import type { VerdictWord } from '../plan/plan.js';
import type { PastRun } from './past-runs.js';

export interface PastEnvironment {
  readonly runId: string;
  readonly release: string | null;
  readonly startedAt: string;
  readonly verdict: VerdictWord;
  readonly asExpected: boolean;
  readonly restarts: number;
  /** ms; null: nobody came back, or nothing was restarted. */
  readonly recoveryP50Ms: number | null;
  readonly slowestMs: number | null;
  readonly neverBack: number;
  /** Of all requests; null: there were none. */
  readonly failedShare: number | null;
}

export interface EnvironmentHistory {
  readonly scenario: string;
  readonly environment: string;
  readonly runs: readonly PastEnvironment[];
}

export function historyOf(runs: readonly PastRun[]): readonly EnvironmentHistory[] {
  const found = new Map<string, { scenario: string; environment: string; runs: PastEnvironment[] }>();
  for (const { id, meta, result } of runs) {
    for (const environment of result?.environments ?? []) {
      const key = `${meta.scenario}\n${environment.name}`;
      const known = found.get(key) ?? { scenario: meta.scenario, environment: environment.name, runs: [] };
      found.set(key, known);
      known.runs.push({
        ...{ runId: id, release: meta.release ?? null, startedAt: meta.startedAt },
        ...pastEnvironment(environment),
      });
    }
  }
  return [...found.values()];
}

function pastEnvironment(environment: EnvironmentResult): Omit<PastEnvironment, 'runId' | 'release' | 'startedAt'> {
  const { verdict, asExpected, receipts, load } = environment;
  const back = receipts.map(backAfterMs).filter((ms) => ms !== undefined);
  const failed = Object.values(load.failed).reduce((sum, count) => sum + count, 0);
  const ended = load.answered + failed;
  return {
    ...{ verdict, asExpected, restarts: receipts.length, neverBack: receipts.length - back.length },
    recoveryP50Ms: back.length === 0 ? null : median(back),
    slowestMs: back.length === 0 ? null : Math.max(...back),
    failedShare: ended === 0 ? null : failed / ended,
  };
}
