import { describe, expect, it } from 'vitest';
import { boundOf, bucketOf, LatencyHistogram } from '../../../harness/record/histogram.js';

/** What 32 buckets an octave promise; below 0.32 ms a bucket is 0.01 ms wide. */
const LARGEST_ERROR = 1 / 32;
const FINEST_MS = 0.01;
const ROUNDING = 1e-9;

function histogramOf(samplesMs: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of samplesMs) histogram.add(bucketOf(ms));
  return histogram;
}

describe('the latency histogram', () => {
  it.each([0, 0.004, 0.3, 0.32, 1, 7.77, 100, 999.99, 5_000, 60_000, 3_600_000])(
    'keeps %s ms to three in a hundred, and never makes it quicker than it was',
    (ms) => {
      const bound = boundOf(bucketOf(ms));
      expect(bound).toBeGreaterThanOrEqual(ms - ROUNDING);
      expect(bound).toBeLessThanOrEqual(ms * (1 + LARGEST_ERROR) + FINEST_MS + ROUNDING);
    },
  );

  it('has neither gap nor overlap: the middle of each bucket lies in it, and bounds only grow', () => {
    for (let bucket = 1; bucket < 900; bucket += 1) {
      const [below, bound] = [boundOf(bucket - 1), boundOf(bucket)];
      expect(bound).toBeGreaterThan(below);
      expect(bucketOf((below + bound) / 2)).toBe(bucket);
    }
  });

  it('takes a time before zero, from clocks that were read in the wrong order, for zero', () =>
    expect(bucketOf(-0.5)).toBe(bucketOf(0)));

  it('finds percentiles by rank: the slowest of a hundred is the 100th, not the 99th', () => {
    const histogram = histogramOf([...Array.from({ length: 99 }, () => 10), 1_000]);
    expect(histogram.percentile(0.5)).toBe(boundOf(bucketOf(10)));
    expect(histogram.percentile(0.99)).toBe(boundOf(bucketOf(10)));
    expect(histogram.percentile(1)).toBe(boundOf(bucketOf(1_000)));
    expect(histogram.percentile(0)).toBe(boundOf(bucketOf(10)));
  });

  it('has no percentile without samples', () => expect(new LatencyHistogram().percentile(0.5)).toBeUndefined());

  it('gives the same percentiles when the parts of frames are added up', () => {
    const samples = Array.from({ length: 500 }, (_, index) => (index * 37) % 400);
    const whole = histogramOf(samples);
    const merged = new LatencyHistogram();
    for (let from = 0; from < samples.length; from += 90) {
      for (const [bucket, count] of histogramOf(samples.slice(from, from + 90)).drain()) merged.add(bucket, count);
    }
    expect(merged.total).toBe(whole.total);
    for (const share of [0.5, 0.9, 0.99, 1]) expect(merged.percentile(share)).toBe(whole.percentile(share));
  });

  it('hands its samples over once, smallest first', () => {
    const histogram = histogramOf([20, 3, 20]);
    expect(histogram.drain()).toEqual([
      [bucketOf(3), 1],
      [bucketOf(20), 2],
    ]);
    expect(histogram.drain()).toEqual([]);
    expect(histogram.total).toBe(0);
  });
});
