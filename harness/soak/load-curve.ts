// The load of a soak over time as stages of a load plan: flat, up and down like a day, or quiet with peaks. Pure.
import type { LoadStage } from '../plan/load-plan.js';
import type { SoakCurve } from '../plan/plan.js';

/** A day is drawn with so many straight pieces. */
const PIECES = 24;

/**
 * Stages for `forMs` of load, from `fromMs` of the curve on: a soak that is resumed takes it up where it was. The highest
 * level is that of the scenario's stages; the last one is held.
 */
export function curveStages(
  stages: readonly LoadStage[],
  curve: SoakCurve,
  fromMs: number,
  forMs: number,
): readonly LoadStage[] {
  if (curve.kind === 'flat') return stages;
  const peak = stages.reduce((most, { level }) => Math.max(most, level), 0);
  const level = (share: number): number => Math.max(1, Math.round(peak * share));
  const drawn: LoadStage[] = [];
  let atMs = fromMs;
  while (atMs < fromMs + forMs) {
    const piece = pieceAt(curve, atMs);
    drawn.push({ level: level(piece.share), rampMs: Math.min(piece.rampMs, piece.forMs), forMs: piece.forMs });
    atMs += piece.forMs;
  }
  return [...drawn, { level: drawn.at(-1)?.level ?? peak, rampMs: 0 }];
}

interface Piece {
  /** Of the peak, at its end. */
  readonly share: number;
  readonly rampMs: number;
  readonly forMs: number;
}

const STEP_RAMP_MS = 5_000;

function pieceAt(curve: Exclude<SoakCurve, { kind: 'flat' }>, atMs: number): Piece {
  if (curve.kind === 'day') {
    const pieceMs = curve.periodMs / PIECES;
    const endMs = (Math.floor(atMs / pieceMs) + 1) * pieceMs;
    // Lowest at the beginning, highest in the middle of a period.
    const share = curve.low + ((1 - curve.low) * (1 - Math.cos((2 * Math.PI * endMs) / curve.periodMs))) / 2;
    return { share, rampMs: endMs - atMs, forMs: endMs - atMs };
  }
  const { low, everyMs, forMs } = curve;
  const inMs = atMs % everyMs;
  const isPeak = inMs >= everyMs - forMs;
  const leftMs = (isPeak ? everyMs : everyMs - forMs) - inMs;
  return { share: isPeak ? 1 : low, rampMs: STEP_RAMP_MS, forMs: leftMs };
}
