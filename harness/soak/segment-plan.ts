// The plan of one part of a soak, from one boot of the tier to its end: the rounds that are still to be played, when, and
// under which load. Pure.
import type { Plan } from '../plan/plan.js';
import { peakMs } from '../plan/peak.js';
import { STANDARD_SOAK } from '../plan/soak.js';
import { curveStages } from './load-curve.js';
import { drawRound } from './draw.js';

/** How much of a soak is to be played: for a time under load, or a number of rounds. */
export type SoakExtent = { readonly forMs: number } | { readonly rounds: number };

/** What has been played of it in an environment before. */
export interface Before {
  readonly segments: number;
  /** The highest round that was played whole. */
  readonly round: number;
  /** Time under load in which whole rounds were played. */
  readonly playedMs: number;
}

export const NOTHING_BEFORE: Before = { segments: 0, round: 0, playedMs: 0 };

/** What a boot, a deployment and the aftermath of a broken restart may take beside the soak itself. */
const MARGIN_MS = 15 * 60_000;
/** A round takes this long at the most: a receipt is closed long before. */
const LONGEST_ROUND_MS = 5 * 60_000;

/** The first part has the environment's own name; a later one is 'production.2'. */
export function segmentName(environment: string, nth: number): string {
  return nth === 1 ? environment : `${environment}.${String(nth)}`;
}

/** undefined: nothing is left of it. */
export function segmentPlan(plan: Plan, extent: SoakExtent, before: Before): Plan | undefined {
  const soak = plan.soak ?? STANDARD_SOAK;
  const leftMs = 'forMs' in extent ? extent.forMs - before.playedMs : Infinity;
  const last = 'rounds' in extent ? extent.rounds : Infinity;
  if (leftMs <= 0 || before.round >= last) return undefined;
  const rounds = [];
  // The tier must have been quiet for a while before it is hurt: against that all that follows is compared.
  let dueMs = soak.curve.kind === 'flat' ? peakMs(plan.load.stages) : 0;
  for (let nth = before.round + 1; nth <= last; nth += 1) {
    const { round, afterMs } = drawRound(plan, soak, nth);
    dueMs += afterMs;
    if (dueMs >= leftMs) break;
    rounds.push({ ...round, notBeforeMs: dueMs });
  }
  const nth = before.segments + 1;
  const lastsMs = leftMs === Infinity ? dueMs + rounds.length * LONGEST_ROUND_MS : leftMs;
  const { name } = plan.environment;
  return {
    ...plan,
    environment: { ...plan.environment, name: segmentName(name, nth) },
    rounds,
    soak,
    segment: { nth, ...(leftMs === Infinity ? {} : { forMs: leftMs }) },
    load: { ...plan.load, stages: curveStages(plan.load.stages, soak.curve, before.playedMs, lastsMs) },
    maxTimeMs: Math.max(plan.maxTimeMs, lastsMs + MARGIN_MS),
  };
}
