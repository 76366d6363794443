// When the peak is: 5 s into the highest stage (halfway into a shorter one), and not before its full level is reached. Pure.
import { peakReachedMs, stageTimes } from './load-profile.js';
import type { LoadStage } from './load-plan.js';

const INTO_THE_STAGE_MS = 5_000;

/** ms since the start of the load. */
export function peakMs(stages: readonly LoadStage[]): number {
  const highest = stageTimes(stages).reduce((best, each) => (each.level > best.level ? each : best));
  const lengthMs = highest.endMs - highest.startMs;
  const intoMs = lengthMs > INTO_THE_STAGE_MS ? INTO_THE_STAGE_MS : lengthMs / 2;
  return Math.max(peakReachedMs(stages), highest.startMs + intoMs);
}
