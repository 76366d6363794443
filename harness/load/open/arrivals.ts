// When each request of an open model is due: an absolute schedule from the stages and the seed, worked out one request
// at a time, so that hours of it cost no memory. Pure arithmetic.
import type { Random } from '../../core/random.js';
import { stageTimes } from '../../plan/load-profile.js';
import type { LoadPlan, LoadStage } from '../../plan/load-plan.js';

/** A piece of the profile in which the rate (requests per ms) changes linearly. */
interface Piece {
  readonly startMs: number;
  readonly forMs: number;
  readonly fromRate: number;
  readonly toRate: number;
}

/**
 * Due times in ms since the load's start, ascending. The number of requests planned until a moment is the integral of the
 * rate. `even`: the k-th is due where the integral reaches k, after a first part of a step that is drawn. `poisson`: the
 * steps are drawn, exponential with mean 1, which makes arrivals independent of each other at any rate (time change of a
 * Poisson process: S. Ross, Introduction to Probability Models, "nonhomogeneous Poisson process").
 */
export function* dueTimes(
  stages: readonly LoadStage[],
  arrivals: LoadPlan['arrivals'],
  random: Random,
): Generator<number, void, undefined> {
  const step = arrivals === 'even' ? () => 1 : () => -Math.log(1 - random.next());
  let wanted = arrivals === 'even' ? random.next() : step();
  for (const piece of pieces(stages)) {
    const planned = requestsIn(piece);
    for (; wanted < planned; wanted += step()) yield piece.startMs + reachedAfterMs(piece, wanted);
    // Counted anew in each piece: a sum over hours would lose the fractions.
    wanted -= planned;
  }
}

function pieces(stages: readonly LoadStage[]): readonly Piece[] {
  return stageTimes(stages)
    .flatMap(({ fromLevel, level, startMs, reachedMs, endMs }) => [
      { startMs, forMs: reachedMs - startMs, fromRate: fromLevel / 1_000, toRate: level / 1_000 },
      { startMs: reachedMs, forMs: endMs - reachedMs, fromRate: level / 1_000, toRate: level / 1_000 },
    ])
    .filter(({ forMs, fromRate, toRate }) => forMs > 0 && fromRate + toRate > 0);
}

function requestsIn({ forMs, fromRate, toRate }: Piece): number {
  return ((fromRate + toRate) / 2) * forMs;
}

/** Solves `fromRate t + (toRate - fromRate) t^2 / (2 forMs) = requests` for t, in the form that never subtracts equals. */
function reachedAfterMs({ forMs, fromRate, toRate }: Piece, requests: number): number {
  if (requests === 0) return 0;
  const growth = (toRate - fromRate) / forMs;
  return (2 * requests) / (fromRate + Math.sqrt(Math.max(0, fromRate ** 2 + 2 * requests * growth)));
}
