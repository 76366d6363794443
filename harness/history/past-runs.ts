// The runs of a results folder, as history, diff and prune need them: what was judged, not how. A folder that is no run is
// none of theirs; a run that cannot be read is told of and skipped.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError, messageOf } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import type { Plan } from '../plan/plan.js';
import { openRun, type RunMeta, type StoredRun } from '../record/store.js';
import { isGoingOn, readSoak } from '../soak/state.js';
import type { RunResult } from '../verdict/model.js';

export interface PastRun {
  readonly id: string;
  readonly path: string;
  readonly meta: RunMeta;
  /** undefined: it was not judged: it goes on, or it was killed. */
  readonly result: RunResult | undefined;
  /** A soak that can be taken up again, or that somebody plays. */
  readonly isOpen: boolean;
  readonly plans: readonly Plan[];
}

const VERDICT = 'verdict.json';

/** Oldest first. `onUnreadable`: a run of another schema, or a damaged one, and why. */
export function pastRuns(out: string, onUnreadable: (id: string, why: string) => void): readonly PastRun[] {
  const runs = idsIn(out).flatMap((id) => {
    try {
      return [pastRun(openRun(join(out, id)), id)];
    } catch (error) {
      onUnreadable(id, messageOf(error));
      return [];
    }
  });
  return runs.sort((a, b) => Date.parse(a.meta.startedAt) - Date.parse(b.meta.startedAt));
}

function idsIn(out: string): readonly string[] {
  if (!existsSync(out)) return [];
  return readdirSync(out, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(out, entry.name, 'run.json')))
    .map(({ name }) => name);
}

function pastRun(stored: StoredRun, id: string): PastRun {
  const soak = readSoak(stored.path);
  return {
    ...{ id, path: stored.path, meta: stored.meta, result: readVerdict(stored.path) },
    isOpen: soak !== undefined && (!soak.isFinished || isGoingOn(soak)),
    plans: stored.environments.map(({ plan }) => plan),
  };
}

function readVerdict(path: string): RunResult | undefined {
  const file = join(path, VERDICT);
  if (!existsSync(file)) return undefined;
  const result = parsed(file);
  if ((result.schemaVersion as number) === 1) return result;
  throw new HarnessError(
    'invalid',
    `${file} was written with schema ${String(result.schemaVersion)}; this version reads 1`,
  );
}

function parsed(file: string): RunResult {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunResult;
  } catch (error) {
    throw new HarnessError('invalid', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

export type JudgedRun = PastRun & { readonly result: RunResult };

/**
 * A run by its folder, its id, 'latest', or the name of a release (its newest run). Throws `invalid`: there is none, it
 * cannot be read, or it was not judged.
 */
export function judgedRun(name: string, out: string): JudgedRun {
  const found = existsSync(join(name, 'run.json')) || existsSync(join(out, name, 'run.json'));
  const run = found ? ofFolder(name, out) : ofRelease(name, out);
  const { result } = run;
  if (result) return { ...run, result };
  throw new HarnessError('invalid', `${run.id} was not judged: it goes on, or it was killed`, {
    hint: `remuster report ${run.path} judges what there is of it`,
  });
}

function ofFolder(name: string, out: string): PastRun {
  const stored = openRun(name, out);
  return pastRun(stored, stored.meta.runId);
}

function ofRelease(name: string, out: string): PastRun {
  const runs = pastRuns(out, () => undefined);
  const run = runs.findLast(({ meta, result }) => meta.release === name && result !== undefined);
  if (run) return run;
  const known = [
    ...new Set(runs.flatMap(({ id, meta }) => [id, ...(meta.release === undefined ? [] : [meta.release])])),
  ];
  const nearest = nearestName(name, known);
  throw new HarnessError('invalid', `"${name}" is no stored run and no release of one`, {
    hint:
      known.length === 0
        ? `${out}/ holds no runs yet`
        : `known: ${known.slice(-5).join(', ')}${nearest === undefined ? '' : `     did you mean ${nearest}?`}`,
  });
}

/** The newest run of the same scenario before this one that passed. Throws `invalid` when there is none. */
export function lastPassBefore(run: JudgedRun, out: string): JudgedRun {
  const before = pastRuns(out, () => undefined).findLast(
    ({ id, meta, result }) =>
      id !== run.id &&
      meta.scenario === run.meta.scenario &&
      Date.parse(meta.startedAt) <= Date.parse(run.meta.startedAt) &&
      result?.verdict === 'pass',
  );
  if (before?.result) return { ...before, result: before.result };
  throw new HarnessError('invalid', `no run of ${run.meta.scenario} before ${run.id} passed: there is no baseline`, {
    hint: 'remuster history shows what there is',
  });
}
