// Defaults, and the numbers of the proof: what the scenario says, else the configuration, else these defaults (DESIGN 4). Pure.
import { firstOf, inScenario, type Found } from '../scenario/origin.js';
import type { Config, Scenario } from '../scenario/schema.js';
import { peakDemand } from './demand.js';
import type { Origins } from './origins.js';
import type { LoadPlan, Think } from './load-plan.js';
import type { ProofNumbers } from './plan.js';

export const DEFAULTS = {
  seed: 1,
  maxTimeMs: 15 * 60_000,
  rampMs: 1_000,
  think: { kind: 'constant', ms: 300 } as Think,
  timeoutMs: 10_000,
  recoveredMs: 15_000,
  proof: {
    consecutive: 5,
    shareRequests: 200,
    shareOfBaseline: 0.8,
    steadyWaitMs: 30_000,
    aftermathMs: 60_000,
    holdMs: 5_000,
    sentinelRate: 50,
  } satisfies ProofNumbers,
} as const;

const PROOF_KEYS = {
  consecutive: 'consecutive',
  shareRequests: 'shareRequests',
  shareOfBaseline: 'shareOfBaseline',
  steadyWait: 'steadyWaitMs',
  aftermath: 'aftermathMs',
  hold: 'holdMs',
  sentinel: 'sentinelRate',
} as const satisfies Record<keyof NonNullable<Scenario['proof']>, keyof ProofNumbers>;

/** Fewer requests say nothing about a share. */
const FEWEST_SHARE_REQUESTS = 20;
/** Of the time that a node has to come back, what may go into counting. */
const PART_FOR_COUNTING = 1 / 3;

/** Over how many requests a share is judged at a load that brings fewer than the usual number in time, by its peak. */
function fewerShareRequests(load: LoadPlan, recoveredMs: number): Found<number | undefined> {
  const inTime = Math.floor((peakDemand(load).perSecond * recoveredMs * PART_FOR_COUNTING) / 1000);
  return {
    value: inTime < DEFAULTS.proof.shareRequests ? Math.max(FEWEST_SHARE_REQUESTS, inTime) : undefined,
    origin: { from: 'derived', how: 'as many as come in a third of limits.recovered' },
  };
}

export function resolveProof(
  scenario: Scenario['proof'],
  config: Config['proof'],
  load: LoadPlan,
  recoveredMs: number,
  origins: Origins,
): ProofNumbers {
  const number = (key: keyof typeof PROOF_KEYS, otherwise?: Found<number | undefined>): number => {
    const name = PROOF_KEYS[key];
    const inConfig: Found<number | undefined> = {
      value: config?.[key],
      origin: { from: 'config', path: ['proof', key] },
    };
    const found = firstOf<number>(
      DEFAULTS.proof[name],
      inScenario(scenario?.[key], ['proof', key]),
      inConfig,
      otherwise,
    );
    return origins.take(`proof.${name}`, found);
  };
  return {
    consecutive: number('consecutive'),
    shareRequests: number('shareRequests', fewerShareRequests(load, recoveredMs)),
    shareOfBaseline: number('shareOfBaseline'),
    steadyWaitMs: number('steadyWait'),
    aftermathMs: number('aftermath'),
    holdMs: number('hold'),
    sentinelRate: number('sentinel'),
  };
}
