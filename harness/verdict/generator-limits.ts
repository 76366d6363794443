// What a generator's own books must show before anything that it measured is believed: they balance, it kept its
// schedule, and it had CPU to spare. Runs are judged by it, and machines are calibrated by it. Pure.
import { formatLatency, formatShare } from '../core/units.js';
import { meanThinkMs } from '../plan/demand.js';
import type { LoadPlan } from '../plan/load-plan.js';
import type { LoadTotals } from '../record/events.js';

/** One request of a hundred that is late by less than users differ in their own pauses does no harm; beyond, it changes the load. */
const LATE_PART_OF_THINK = 0.5;
const LEAST_LATE_LIMIT_MS = 50;
const MOST_LATE_LIMIT_MS = 250;
/** Above this share of a core the generator itself may have been the bottleneck. */
const CPU_LIMIT = 0.9;

export interface LimitBroken {
  readonly limit: 'books' | 'lateness' | 'cpu';
  /** A whole sentence. */
  readonly words: string;
}

function latenessLimitMs({ model, think }: Pick<LoadPlan, 'model' | 'think'>): number {
  if (model === 'open') return LEAST_LATE_LIMIT_MS;
  return Math.min(MOST_LATE_LIMIT_MS, Math.max(LEAST_LATE_LIMIT_MS, meanThinkMs(think) * LATE_PART_OF_THINK));
}

export function generatorLimitsBroken(
  load: Pick<LoadPlan, 'model' | 'think'>,
  { balance, tolerance = 0, lateness, cpuShare }: Pick<LoadTotals, 'balance' | 'tolerance' | 'lateness' | 'cpuShare'>,
): readonly LimitBroken[] {
  const broken: LimitBroken[] = [];
  const limitMs = latenessLimitMs(load);
  if (Math.abs(balance) > tolerance) {
    const words = `The books of the load do not balance: ${balance} requests are unaccounted for.`;
    broken.push({ limit: 'books', words });
  }
  if (lateness.p99Ms > limitMs) {
    const words = `The load generator was late: 99th percentile ${formatLatency(lateness.p99Ms)}, limit ${formatLatency(limitMs)} (worst ${formatLatency(lateness.maxMs)}).`;
    broken.push({ limit: 'lateness', words });
  }
  if (cpuShare > CPU_LIMIT) {
    const words = `The load generator used ${formatShare(cpuShare)} of a core (limit ${formatShare(CPU_LIMIT)}): it may have been the bottleneck.`;
    broken.push({ limit: 'cpu', words });
  }
  return broken;
}
