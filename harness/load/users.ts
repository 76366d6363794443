// When each user of a closed model is there: pure arithmetic on the stages. Users are numbered from 0; user k is there
// while at least k + 1 users are planned, so the last to come is the first to go.
import { plannedLevelAt, stageTimes } from '../plan/load-profile.js';
import type { LoadStage } from '../plan/load-plan.js';

/** Rounding of a linear ramp must not make a user leave at the moment of coming. */
const TOLERANCE = 1e-6;

export function isPresent(stages: readonly LoadStage[], user: number, atMs: number): boolean {
  return plannedLevelAt(stages, atMs) + TOLERANCE >= user + 1;
}

/** The first moment at or after `fromMs` at which the user is there; undefined when there is none. */
export function nextEntryMs(stages: readonly LoadStage[], user: number, fromMs: number): number | undefined {
  if (fromMs >= 0 && isPresent(stages, user, fromMs)) return fromMs;
  const wanted = user + 1;
  for (const { fromLevel, level, startMs, reachedMs, endMs } of stageTimes(stages)) {
    if (endMs <= fromMs || Math.max(fromLevel, level) < wanted) continue;
    const crossingMs =
      level > fromLevel
        ? startMs + (Math.max(0, wanted - fromLevel) / (level - fromLevel)) * (reachedMs - startMs)
        : startMs;
    const entryMs = Math.max(fromMs, crossingMs);
    if (entryMs < endMs && isPresent(stages, user, entryMs)) return entryMs;
  }
  return undefined;
}

/** The most users that are ever planned. */
export function mostUsers(stages: readonly LoadStage[]): number {
  return Math.max(...stages.map((stage) => stage.level));
}
