// The limit of throughput: answers per second against the subject's own baseline, level by level of the load: what 60
// users get says nothing about what 20 got. A shortfall that chance explains is none.
import { formatMs, formatShare } from '../../core/units.js';
import type { AtLevel, Figures } from '../model.js';
import { notJudged, type Question, type Ruling } from './ruling.js';

/** At the same level, in the window and in the baseline. */
const LEAST_MS = 3_000;
const LEAST_ANSWERS = 100;
/** Counts of independent arrivals scatter by their square root; a difference below so many of them may be chance. */
const DEVIATIONS = 2;

export function throughput({ limit, figures, baseline }: Question): Ruling {
  const before = added(baseline);
  let windowMs = 0;
  let answered = 0;
  let expected = 0;
  let inBaseline = 0;
  let baselineMs = 0;
  for (const { level, forMs, answered: got } of figures.atLevels ?? []) {
    const at = before.get(level);
    if (!at || at.forMs < LEAST_MS) continue;
    windowMs += forMs;
    answered += got;
    expected += (at.answered / at.forMs) * forMs;
    inBaseline += at.answered;
    baselineMs += at.forMs;
  }
  if (baselineMs === 0) return notJudged(`the baseline has no ${formatMs(LEAST_MS)} at this level of the load`);
  if (windowMs < LEAST_MS)
    return notJudged(`it lasted ${formatMs(windowMs)} at the baseline's level; ${formatMs(LEAST_MS)} are needed`);
  if (expected < LEAST_ANSWERS || inBaseline < LEAST_ANSWERS)
    return notJudged(
      `${LEAST_ANSWERS} answers are needed; ${Math.round(Math.min(expected, inBaseline))} were to be had`,
    );
  const value = answered / expected;
  const rate = (count: number, ms: number): string => `${((count / ms) * 1000).toFixed(1)}/s`;
  const words = `${rate(answered, windowMs)} were answered, ${formatShare(value)} of the ${rate(expected, windowMs)} of its baseline (${answered} answers in ${formatMs(windowMs)} at the same load)`;
  const due = expected * limit;
  const chance = DEVIATIONS * Math.sqrt(due + due ** 2 / inBaseline);
  if (answered < due && answered >= due - chance)
    return notJudged(`${formatShare(value)} of the baseline may be chance with ${answered} answers`);
  const state = answered < due ? 'broken' : 'kept';
  return { state, value, samples: answered, words: `${words}; the limit is ${formatShare(limit)}` };
}

function added(windows: readonly Figures[]): ReadonlyMap<number, AtLevel> {
  const sums = new Map<number, AtLevel>();
  for (const { level, forMs, answered } of windows.flatMap(({ atLevels = [] }) => atLevels)) {
    const sum = sums.get(level) ?? { level, forMs: 0, answered: 0 };
    sums.set(level, { level, forMs: sum.forMs + forMs, answered: sum.answered + answered });
  }
  return sums;
}
