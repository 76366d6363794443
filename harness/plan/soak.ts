// How a soak is played: what the scenario says, else these defaults. Pure; part of the planner.
import { firstOf, inScenario } from '../scenario/origin.js';
import type { Scenario } from '../scenario/schema.js';
import type { Origins } from './origins.js';
import type { SoakCurve, SoakNumbers } from './plan.js';

const MIB = 1024 ** 2;
const HOUR_MS = 3_600_000;
const QUIET = 0.3;

/** Where a scenario says nothing of soaks. */
export const STANDARD_SOAK: SoakNumbers = {
  everyMs: { min: 20_000, max: 40_000 },
  blastRadius: 1,
  curve: { kind: 'flat' },
  budgets: {},
  drift: { memoryBytes: MIB, count: 0.5, stepMs: 10, latencyMs: 5 },
};

type Written = NonNullable<Scenario['soak']>;

export function soakNumbers(written: Written, nodes: number, origins: Origins): SoakNumbers {
  const take = <T>(key: keyof SoakNumbers, fallback: T, value: T | undefined, path: readonly string[]): T =>
    origins.take(`soak.${key}`, firstOf(fallback, inScenario(value, ['soak', ...path])));
  const { every, blastRadius, load, budgets = {}, drift = {} } = written;
  const { failedShare, unanswered } = budgets;
  const standard = STANDARD_SOAK.drift;
  return {
    everyMs: take('everyMs', STANDARD_SOAK.everyMs, every, ['every']),
    blastRadius: Math.min(nodes, take('blastRadius', STANDARD_SOAK.blastRadius, blastRadius, ['blastRadius'])),
    curve: take('curve', STANDARD_SOAK.curve, load === undefined ? undefined : curveOf(load), ['load']),
    budgets: take(
      'budgets',
      {},
      {
        ...(failedShare === undefined ? {} : { failedShare }),
        ...(unanswered === undefined ? {} : { unansweredMs: unanswered }),
      },
      ['budgets'],
    ),
    drift: take(
      'drift',
      standard,
      {
        memoryBytes: drift.memoryMiB === undefined ? standard.memoryBytes : drift.memoryMiB * MIB,
        count: drift.count ?? standard.count,
        stepMs: drift.step ?? standard.stepMs,
        latencyMs: drift.latency ?? standard.latencyMs,
      },
      ['drift'],
    ),
  };
}

function curveOf(load: NonNullable<Written['load']>): SoakCurve {
  if (load === 'flat') return { kind: 'flat' };
  if ('day' in load) return { kind: 'day', low: load.day.low ?? QUIET, periodMs: load.day.period ?? HOUR_MS };
  const { low = QUIET, every = HOUR_MS / 4, for: forMs = every / 5 } = load.peaks;
  return { kind: 'peaks', low, everyMs: every, forMs };
}
