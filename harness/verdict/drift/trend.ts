// Does a figure grow, and by how much? Robust against outliers, and against nodes that differ: slopes are taken within a
// block (a node, a kind of fault) only, and pooled. Pure arithmetic.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Trend {
  readonly points: number;
  /** Median of the slopes of all pairs of a block (Theil and Sen), y per x. */
  readonly slope: number;
  /**
   * Chance of so many rises without a trend: one-sided, by Kendall's rank test over the blocks laid over each other at their
   * medians, which finds more than a sum over blocks of few values (aligned ranks: Sen 1968; Van Belle and Hughes 1984).
   */
  readonly pRising: number;
}

/** The middle of fewer is one of them. */
const FEWEST_OF_A_BLOCK = 3;
/** So many pairs are enough for a median; of longer series they are taken evenly. */
const MOST_PAIRS_OF_A_BLOCK = 50_000;

/** undefined: not two points of a block differ in x. */
export function trendOf(blocks: readonly (readonly Point[])[]): Trend | undefined {
  const slopes = blocks.flatMap((block) => slopesOf(thinned(inOrder(block))));
  if (slopes.length === 0) return undefined;
  const aligned = thinned(inOrder(blocks.filter((block) => block.length >= FEWEST_OF_A_BLOCK).flatMap(alignedOf)));
  const variance = varianceOf(aligned);
  const rises = risesOf(aligned);
  return {
    points: blocks.reduce((sum, block) => sum + block.length, 0),
    slope: median(slopes),
    pRising: variance <= 0 ? 1 : upperTail((rises - 1) / Math.sqrt(variance)),
  };
}

function inOrder(block: readonly Point[]): readonly Point[] {
  return [...block].sort((a, b) => a.x - b.x);
}

/** Blocks that begin at different heights are laid over each other at their middles. */
function alignedOf(block: readonly Point[]): readonly Point[] {
  const [x, y] = [median(block.map((point) => point.x)), median(block.map((point) => point.y))];
  return block.map((point) => ({ x: point.x - x, y: point.y - y }));
}

function slopesOf(sorted: readonly Point[]): readonly number[] {
  return sorted.flatMap((to, later) =>
    sorted.slice(0, later).flatMap((from) => (to.x === from.x ? [] : [(to.y - from.y) / (to.x - from.x)])),
  );
}

/** Kendall's S: pairs that rise less those that fall. */
function risesOf(sorted: readonly Point[]): number {
  let rises = 0;
  for (const [later, to] of sorted.entries()) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const from = sorted[earlier]!;
      if (to.x !== from.x) rises += Math.sign(to.y - from.y);
    }
  }
  return rises;
}

/** Of Kendall's S, with ties in y and in x (Kendall, Rank Correlation Methods, 4.9). */
function varianceOf(block: readonly Point[]): number {
  const n = block.length;
  const tiesX = sizesOfTies(block.map(({ x }) => x));
  const tiesY = sizesOfTies(block.map(({ y }) => y));
  const first = (t: number): number => t * (t - 1) * (2 * t + 5);
  const sum = (sizes: readonly number[], of: (t: number) => number): number =>
    sizes.reduce((total, size) => total + of(size), 0);
  const second = (t: number): number => t * (t - 1) * (t - 2);
  const pairs = (t: number): number => t * (t - 1);
  let variance = (first(n) - sum(tiesX, first) - sum(tiesY, first)) / 18;
  if (n > 2) variance += (sum(tiesX, second) * sum(tiesY, second)) / (9 * second(n));
  if (n > 1) variance += (sum(tiesX, pairs) * sum(tiesY, pairs)) / (2 * pairs(n));
  return variance;
}

function sizesOfTies(values: readonly number[]): readonly number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()];
}

function thinned(block: readonly Point[]): readonly Point[] {
  const most = Math.floor(Math.sqrt(2 * MOST_PAIRS_OF_A_BLOCK));
  if (block.length <= most) return block;
  return Array.from({ length: most }, (_, index) => block[Math.floor((index * block.length) / most)]!);
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** P(Z > z) of a standard normal: Abramowitz and Stegun 26.2.17, right to 7.5e-8. */
export function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const powers = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const polynomial = powers.reduceRight((sum, power) => (sum + power) * t, 0);
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
