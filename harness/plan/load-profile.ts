// The load profile over time: how many users a moment has, and when the highest stage is reached. Pure.
import type { LoadStage } from './plan.js';

/** Where each stage begins, reaches its users, and ends (Infinity for the one that is held), ms since the load's start. */
export interface StageTimes {
  readonly fromUsers: number;
  readonly users: number;
  readonly startMs: number;
  readonly reachedMs: number;
  readonly endMs: number;
}

export function stageTimes(stages: readonly LoadStage[]): readonly StageTimes[] {
  let startMs = 0;
  let fromUsers = 0;
  return stages.map((stage, index) => {
    const isLast = index === stages.length - 1;
    const reachedMs = startMs + stage.rampMs;
    // `forMs` is the whole stage, its ramp included; the last stage is held until the rounds are over.
    const endMs = isLast ? Infinity : startMs + Math.max(stage.rampMs, stage.forMs ?? stage.rampMs);
    const times = { fromUsers, users: stage.users, startMs, reachedMs, endMs };
    startMs = endMs;
    fromUsers = stage.users;
    return times;
  });
}

/** Planned users at a moment; between two stages they change linearly. */
export function plannedUsersAt(stages: readonly LoadStage[], atMs: number): number {
  if (atMs < 0) return 0;
  const stage = stageTimes(stages).find((each) => atMs < each.endMs);
  if (!stage) return 0;
  if (atMs >= stage.reachedMs) return stage.users;
  const done = (atMs - stage.startMs) / (stage.reachedMs - stage.startMs);
  return stage.fromUsers + (stage.users - stage.fromUsers) * done;
}

/** When the highest stage has all its users, ms since the load's start. */
export function peakReachedMs(stages: readonly LoadStage[]): number {
  const times = stageTimes(stages);
  const peak = times.reduce((best, each) => (each.users > best.users ? each : best));
  return peak.reachedMs;
}
