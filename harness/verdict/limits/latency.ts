// Limits of latency percentiles. A percentile needs answers beyond it: with too few it is only the slowest answer by
// another name.
import { formatLatency } from '../../core/units.js';
import { notJudged, type Rule } from './ruling.js';

/** From the lowest on; each needs three answers beyond itself, and a median twenty to be one. */
const PERCENTILES = [
  { figure: 'p50Ms', words: 'median', needs: 20 },
  { figure: 'p95Ms', words: '95th percentile', needs: 60 },
  { figure: 'p99Ms', words: '99th percentile', needs: 300 },
] as const;

type Percentile = (typeof PERCENTILES)[number]['figure'];

export function percentile(figure: Percentile): Rule {
  const upTo = PERCENTILES.slice(0, PERCENTILES.findIndex((each) => each.figure === figure) + 1);
  const asked = upTo.at(-1)!;
  return ({ limit, figures }) => {
    const { samples = 0 } = figures;
    const known = upTo.flatMap(({ figure: each, words, needs }) => {
      const ms = figures[each];
      return ms !== undefined && samples >= needs ? [{ figure: each, words, ms }] : [];
    });
    // A higher percentile is never below a lower one: where the median is too slow, the rest is.
    const found = known.find((each) => each.figure === figure) ?? known.find((each) => each.ms > limit);
    if (!found) return notJudged(`the ${asked.words} needs ${asked.needs} answers; there were ${samples}`);
    const alone = found.figure === figure ? '' : `, so the ${asked.words} is no less`;
    const words = `the ${found.words} of ${samples} answers is ${formatLatency(found.ms)}${alone}; the limit is ${formatLatency(limit)}`;
    return { state: found.ms > limit ? 'broken' : 'kept', value: found.ms, samples, words };
  };
}
