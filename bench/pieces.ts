// What the measurements share: a plan of the flagship's release environment, and percentiles.
import { plansFrom } from '../harness/commands/load-plans.js';
import type { Plan } from '../harness/plan/plan.js';

export async function planOf(scenario: string, environment: string): Promise<Plan> {
  const surroundings = { cwd: process.cwd(), env: process.env, stderr: process.stderr } as never;
  const plans = await plansFrom(scenario, { env: [environment] }, surroundings);
  return plans[0];
}

/** "p50 1.2  p95 3.4  p99 5.6  max 7.8 (300)" */
export function describeMs(samples: readonly number[]): string {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  max ${at(1)} ms  (${sorted.length})`;
}
