// A row of values as a row of bars, one character each.
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The highest value is a whole bar; so is `least` where none is higher. */
export function sparkline(values: readonly number[], least = Number.MIN_VALUE): string {
  const most = Math.max(least, ...values);
  return values.map((value) => BARS[Math.round((value / most) * (BARS.length - 1))] ?? '▁').join('');
}
