// What a load asks of its generator: requests per second, whatever its model. Pure.
import type { LoadModel, LoadPlan, Think } from './load-plan.js';

export function meanThinkMs(think: Think): number {
  if (think.kind === 'exponential') return think.meanMs;
  return think.kind === 'constant' ? think.ms : (think.minMs + think.maxMs) / 2;
}

/**
 * Requests per second at a level. Users offer the most when they are answered at once; those who do not think ask as fast
 * as they are answered, which nobody knows beforehand: Infinity.
 */
export function demandPerSecond(model: LoadModel, level: number, think: Think): number {
  if (model === 'open') return level;
  const thinkMs = meanThinkMs(think);
  if (level === 0) return 0;
  return thinkMs === 0 ? Infinity : (level * 1000) / thinkMs;
}

export interface PeakDemand {
  /** Users, or requests per second. */
  readonly level: number;
  readonly perSecond: number;
}

export function peakDemand({ model, stages, think }: LoadPlan): PeakDemand {
  const level = stages.reduce((most, stage) => Math.max(most, stage.level), 0);
  return { level, perSecond: demandPerSecond(model, level, think) };
}
