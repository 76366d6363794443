// How long a recovered node must stay well before its receipt is closed (DESIGN 4, "When it is judged").
import { formatMs } from '../../core/units.js';
import type { Plan } from '../../plan/plan.js';

/** A pipe that nobody reads holds 64 KiB; twice that is written before a server counts as well. */
const OUTPUT_BYTES = 128 * 1024;
/** At a trickle of load the output would take minutes: longer than this is not waited for, and the receipt says so. */
export const LONGEST_OUTPUT_MS = 30_000;

export interface Hold {
  readonly ms: number;
  /** Set where the hold is shorter than the output takes. */
  readonly caveat?: string;
}

/** `perSecond`: requests that the node answers at the present load. */
export function holdOf(plan: Plan, perSecond: number): Hold {
  const { promise, outputBytesPerRequest } = plan.facts;
  const least = Math.max(
    plan.proof.holdMs,
    2 * promise.restartDelayMs,
    ...promise.policies.map((policy) => 2 * policy.periodMs),
  );
  if (outputBytesPerRequest === 0) return { ms: least };
  const bytesPerSecond = outputBytesPerRequest * perSecond;
  const outputMs = bytesPerSecond > 0 ? Math.ceil((OUTPUT_BYTES / bytesPerSecond) * 1000) : Infinity;
  const ms = Math.max(least, Math.min(outputMs, LONGEST_OUTPUT_MS));
  if (outputMs <= ms) return { ms };
  const needs = outputMs === Infinity ? 'never' : `only after ${formatMs(outputMs)}`;
  return {
    ms,
    caveat: `watched for ${formatMs(ms)}; at this load 128 KiB of own output are written ${needs}`,
  };
}
