// The load profile over time: its level (users, or requests a second) at a moment, and when the highest stage is reached. Pure.
import type { LoadModel, LoadStage } from './load-plan.js';

/** `60 users`, `200 requests/s` */
export function levelWords(model: LoadModel, level: number): string {
  if (model === 'open') return `${String(level)} requests/s`;
  return level === 1 ? '1 user' : `${String(level)} users`;
}

/** Where each stage begins, reaches its level, and ends (Infinity for the one that is held), ms since the load's start. */
export interface StageTimes {
  readonly fromLevel: number;
  readonly level: number;
  readonly startMs: number;
  readonly reachedMs: number;
  readonly endMs: number;
}

/** A recorded curve is thousands of stages, and its level is asked for every few milliseconds; a plan never changes. */
const known = new WeakMap<readonly LoadStage[], readonly StageTimes[]>();

export function stageTimes(stages: readonly LoadStage[]): readonly StageTimes[] {
  const before = known.get(stages);
  if (before) return before;
  const times = timesOf(stages);
  known.set(stages, times);
  return times;
}

function timesOf(stages: readonly LoadStage[]): readonly StageTimes[] {
  let startMs = 0;
  let fromLevel = 0;
  return stages.map((stage, index) => {
    const isLast = index === stages.length - 1;
    const reachedMs = startMs + stage.rampMs;
    // `forMs` is the whole stage, its ramp included; the last stage is held until the rounds are over.
    const endMs = isLast ? Infinity : startMs + Math.max(stage.rampMs, stage.forMs ?? stage.rampMs);
    const times = { fromLevel, level: stage.level, startMs, reachedMs, endMs };
    startMs = endMs;
    fromLevel = stage.level;
    return times;
  });
}

/** Planned level at a moment; between two stages it changes linearly. */
export function plannedLevelAt(stages: readonly LoadStage[], atMs: number): number {
  if (atMs < 0) return 0;
  const stage = stageAt(stageTimes(stages), atMs);
  if (!stage) return 0;
  if (atMs >= stage.reachedMs) return stage.level;
  const done = (atMs - stage.startMs) / (stage.reachedMs - stage.startMs);
  return stage.fromLevel + (stage.level - stage.fromLevel) * done;
}

/** The first that ends after that moment: ends ascend, so halving the rest finds it. */
function stageAt(times: readonly StageTimes[], atMs: number): StageTimes | undefined {
  let from = 0;
  let to = times.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (atMs < times[middle]!.endMs) to = middle;
    else from = middle + 1;
  }
  return times[from];
}

/** When the highest stage has its full level, ms since the load's start. */
export function peakReachedMs(stages: readonly LoadStage[]): number {
  const times = stageTimes(stages);
  const peak = times.reduce((best, each) => (each.level > best.level ? each : best));
  return peak.reachedMs;
}
