// Defaults, and the numbers of the proof: what the scenario says, else the configuration, else these defaults (DESIGN 4). Pure.
import { firstOf, inScenario } from '../scenario/origin.js';
import type { Config, Scenario } from '../scenario/schema.js';
import type { Origins } from './origins.js';
import type { ProofNumbers, Think } from './plan.js';

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

export function resolveProof(scenario: Scenario['proof'], config: Config['proof'], origins: Origins): ProofNumbers {
  const number = (key: keyof typeof PROOF_KEYS): number => {
    const name = PROOF_KEYS[key];
    return origins.take(
      `proof.${name}`,
      firstOf<number>(DEFAULTS.proof[name], inScenario(scenario?.[key], ['proof', key]), {
        value: config?.[key],
        origin: { from: 'config', path: ['proof', key] },
      }),
    );
  };
  return {
    consecutive: number('consecutive'),
    shareRequests: number('shareRequests'),
    shareOfBaseline: number('shareOfBaseline'),
    steadyWaitMs: number('steadyWait'),
    aftermathMs: number('aftermath'),
    holdMs: number('hold'),
    sentinelRate: number('sentinel'),
  };
}
