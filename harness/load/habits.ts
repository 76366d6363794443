// What users do, drawn by seed: how long they think and which request comes next. Pure arithmetic.
import type { Think } from '../plan/load-plan.js';

export function thinkMs(think: Think, drawn: number): number {
  switch (think.kind) {
    case 'constant':
      return think.ms;
    case 'uniform':
      return think.minMs + drawn * (think.maxMs - think.minMs);
    case 'exponential':
      return -Math.log(1 - drawn) * think.meanMs;
  }
}

/** Index of the request that a number from [0, 1) falls on, by weight. */
export function chooseByWeight(weights: readonly number[], drawn: number): number {
  if (weights.length === 1) return 0;
  let left = drawn * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found === -1 ? weights.length - 1 : found;
}
