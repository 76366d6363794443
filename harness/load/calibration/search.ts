// The highest level that a generator keeps up with: steps up until one is too much, then halves the gap. Pure but for the
// measurement, which is handed in.
import type { Lateness } from '../../record/events.js';

/** What was measured at one level. */
export interface Sample {
  /** Users, or requests per second. */
  readonly level: number;
  /** Answers per second while the level was held. */
  readonly perSecond: number;
  readonly lateness: Lateness;
  /** Of one core. */
  readonly cpuShare: number;
  /** What was not honest at this level, in a sentence each; empty: nothing. */
  readonly broken: readonly { readonly limit: BrokenLimit; readonly words: string }[];
}

export type BrokenLimit = 'books' | 'lateness' | 'cpu' | 'unsent' | 'failed' | 'pace' | 'died';

export interface SearchBounds {
  readonly from: number;
  readonly most: number;
  /** From one step to the next. */
  readonly growth: number;
  readonly halvings: number;
}

export interface Found {
  /** Absent: not even one user, or one request per second. */
  readonly honest?: Sample;
  /** The lowest level that was too much; absent when none was, or when the time was over before. */
  readonly tooMuch?: Sample;
}

/** `hasTime` is asked before each measurement but the first. */
export async function highestHonest(
  measure: (level: number) => Promise<Sample>,
  bounds: SearchBounds,
  hasTime: () => boolean,
): Promise<Found> {
  let { honest, tooMuch } = await bracket(measure, bounds, hasTime);
  for (let nth = 0; honest && tooMuch && nth < bounds.halvings && hasTime(); nth += 1) {
    // Halved on a scale of ratios: between 1000 and 4000 lies 2000.
    const level = Math.round(Math.sqrt(honest.level * tooMuch.level));
    if (level <= honest.level || level >= tooMuch.level) break;
    const sample = await measure(level);
    if (isHonest(sample)) honest = sample;
    else tooMuch = sample;
  }
  return { ...(honest ? { honest } : {}), ...(tooMuch ? { tooMuch } : {}) };
}

async function bracket(
  measure: (level: number) => Promise<Sample>,
  { from, most, growth }: SearchBounds,
  hasTime: () => boolean,
): Promise<Found> {
  let honest: Sample | undefined;
  let tooMuch: Sample | undefined;
  for (let level = from; ;) {
    let sample = await measure(level);
    // One hiccup of the machine is not its limit: a level is too much when it was so twice.
    if (!isHonest(sample) && hasTime()) sample = await measure(level);
    if (isHonest(sample)) honest = sample;
    else tooMuch = sample;
    const next = isHonest(sample) ? Math.min(most, level * growth) : Math.max(1, Math.floor(level / growth));
    if ((honest && tooMuch) || next === level || !hasTime()) break;
    level = next;
  }
  return { ...(honest ? { honest } : {}), ...(tooMuch ? { tooMuch } : {}) };
}

function isHonest({ broken }: Sample): boolean {
  return broken.length === 0;
}
