// Do two samples differ, and by how much? Mann and Whitney's rank test, which asks nothing of how the values are spread,
// with the sizes of the difference that go with it. Pure arithmetic.
import { median, upperTail } from '../verdict/drift/trend.js';

export interface RankTest {
  /** Two-sided: the chance of a difference at least as clear when there is none. */
  readonly p: number;
  /** The smallest `p` that samples of these sizes can give: above the limit, they can say nothing. */
  readonly leastP: number;
  /** Hodges and Lehmann: the median of all differences, `b` less `a`. */
  readonly shift: number;
  /** Cliff's delta, -1 to 1: how much more often a value of `b` is above one of `a` than below. */
  readonly delta: number;
}

/** Up to so many values the chances are counted out, ties and all; beyond, the normal approximation serves. */
const COUNTED_OUT = 40;
/** Differences for the shift are taken evenly from more than so many of a sample. */
const MOST_FOR_SHIFT = 500;

/** Both must hold a value at least. */
export function rankTest(a: readonly number[], b: readonly number[]): RankTest {
  const ranks = doubledRanks([...a, ...b]);
  const sumOfB = ranks.slice(a.length).reduce((sum, rank) => sum + rank, 0);
  const [few, many] = [thinned(a), thinned(b)];
  const shift = median(many.flatMap((y) => few.map((x) => y - x)));
  // The sum of ranks of b: n(n+1)/2 for its own pairs, and one for each value of a that is below.
  const above = sumOfB / 2 - (b.length * (b.length + 1)) / 2;
  const delta = (2 * above) / (a.length * b.length) - 1;
  const isCountedOut = ranks.length <= COUNTED_OUT;
  const p = isCountedOut ? countedOut(ranks, b.length, sumOfB) : approximated(ranks, a.length, b.length, sumOfB);
  return { p, leastP: Math.min(1, 2 / ways(ranks.length, b.length)), shift, delta };
}

/** Twice the rank of each value, 1 the lowest; equal values share the mean of their ranks, so twice it is whole. */
function doubledRanks(values: readonly number[]): readonly number[] {
  const sorted = [...values].sort((x, y) => x - y);
  const ranks = new Map<number, number>();
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to + 1 < sorted.length && sorted[to + 1] === sorted[from]) to += 1;
    ranks.set(sorted[from]!, from + to + 2);
    from = to + 1;
  }
  return values.map((value) => ranks.get(value)!);
}

/** Of all ways to take `n` of the ranks, the share whose sum is as far from the middle as the one that was seen. */
function countedOut(ranks: readonly number[], n: number, seen: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  // counts[k][s]: ways to take k ranks with the sum s.
  const counts = Array.from({ length: n + 1 }, () => new Float64Array(total + 1));
  counts[0]![0] = 1;
  for (const rank of ranks) {
    for (let k = n; k >= 1; k -= 1) {
      const [to, from] = [counts[k]!, counts[k - 1]!];
      for (let sum = total; sum >= rank; sum -= 1) to[sum]! += from[sum - rank]!;
    }
  }
  const middle = (total * n) / ranks.length;
  const far = Math.abs(seen - middle);
  let extreme = 0;
  let all = 0;
  for (const [sum, count] of counts[n]!.entries()) {
    all += count;
    if (Math.abs(sum - middle) >= far - 1e-9) extreme += count;
  }
  return extreme / all;
}

/** With ties corrected for, and half a step taken off (Lehmann, Nonparametrics, 1.2 and 1.4). */
function approximated(ranks: readonly number[], n: number, m: number, seen: number): number {
  const all = n + m;
  const tied = new Map<number, number>();
  for (const rank of ranks) tied.set(rank, (tied.get(rank) ?? 0) + 1);
  const ties = [...tied.values()].reduce((sum, t) => sum + t ** 3 - t, 0);
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (variance <= 0) return 1;
  const off = Math.abs(seen / 2 - (m * (all + 1)) / 2);
  return Math.min(1, 2 * upperTail(Math.max(0, off - 0.5) / Math.sqrt(variance)));
}

function ways(all: number, taken: number): number {
  let count = 1;
  for (let k = 1; k <= taken; k += 1) count *= (all - taken + k) / k;
  return count;
}

function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= MOST_FOR_SHIFT) return values;
  return Array.from(
    { length: MOST_FOR_SHIFT },
    (_, nth) => values[Math.floor((nth * values.length) / MOST_FOR_SHIFT)]!,
  );
}

/** Holm: each p as if it were the only one, with several tested together. In the order given; 1 at the most. */
export function holm(ps: readonly number[]): readonly number[] {
  const order = ps.map((p, index) => ({ p, index })).sort((x, y) => x.p - y.p);
  const adjusted = new Array<number>(ps.length);
  let most = 0;
  for (const [nth, { p, index }] of order.entries()) {
    most = Math.max(most, Math.min(1, p * (ps.length - nth)));
    adjusted[index] = most;
  }
  return adjusted;
}
