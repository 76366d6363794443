// The stages of a scenario's load as those of a plan: every level and time resolved, a recorded curve as a stage for each
// of its rates. Pure.
import type { Scenario } from '../scenario/schema.js';
import { DEFAULTS } from './numbers.js';
import type { LoadStage } from './load-plan.js';

type Stage = Scenario['load']['stages'][number];

export function planStages(stages: readonly Stage[]): readonly LoadStage[] {
  return stages.flatMap(resolved).map(({ forMs, ...stage }, index, all) => ({
    ...stage,
    // The last stage is held until the rounds are over, whatever it says.
    ...(forMs === undefined || index === all.length - 1 ? {} : { forMs }),
  }));
}

function resolved({ users, rate, rates, every, ramp, for: forMs }: Stage): readonly LoadStage[] {
  if (rates && every !== undefined) return rates.map((level) => ({ level, rampMs: 0, forMs: every }));
  const rampMs = ramp ?? Math.min(DEFAULTS.rampMs, forMs ?? DEFAULTS.rampMs);
  return [{ level: users ?? rate ?? 0, rampMs, ...(forMs === undefined ? {} : { forMs }) }];
}
