// Thinning: few buckets however long it takes, sums kept, and the one bad moment of hours still there.
import { describe, expect, it } from 'vitest';
import { Buckets } from '../../../../harness/report/html/buckets.js';
import { LoadOverTime, MOST_BUCKETS } from '../../../../harness/report/html/load-series.js';
import { bucketOf } from '../../../../harness/record/histogram.js';

const HOURS_4 = 4 * 3600 * 10;

function frame(failed: number, ms: number, answered = 10) {
  return {
    ...({
      kind: 'load-frame',
      atMs: 0,
      offered: answered + failed,
      answered,
      unsent: 0,
      inFlight: 3,
      level: 60,
    } as const),
    failed: failed > 0 ? { timeout: failed } : {},
    latency: [[bucketOf(ms), answered]] as const,
  };
}

describe('the load over time', () => {
  it('of four hours is thinned, with its sums and its one bad moment kept', () => {
    const load = new LoadOverTime();
    for (let index = 0; index < HOURS_4; index += 1)
      load.step(index * 100, index === 77_777 ? frame(9, 4000) : frame(0, 50));
    const series = load.finish(0);
    expect(series.atMs.length).toBeLessThanOrEqual(MOST_BUCKETS);
    expect(series.atMs.length).toBeGreaterThan(MOST_BUCKETS / 2.1);
    expect(series.answered.reduce((sum, each) => sum + each)).toBe(HOURS_4 * 10);
    expect(Math.max(...series.mostFailed)).toBe(9);
    const bad = series.mostFailed.indexOf(9);
    expect(series.atMs[bad]).toBeLessThanOrEqual(7_777_700);
    expect(series.atMs[bad]! + series.bucketMs).toBeGreaterThan(7_777_700);
    expect(series.failedBy).toEqual({ timeout: 9 });
    const latency = load.finishLatency(0);
    expect(latency.atMs.length).toBeLessThanOrEqual(MOST_BUCKETS);
    expect(Math.max(...latency.maxMs)).toBeGreaterThan(3900);
    // Ten slow answers among thousands are no 95th percentile: that of a wide bucket is a true one.
    expect(Math.max(...latency.p95Ms)).toBeLessThan(60);
  });

  it('of a short run is as fine as it was written', () => {
    const load = new LoadOverTime();
    for (let index = 0; index < 600; index += 1) load.step(5000 + index * 100, frame(0, 50));
    expect(load.finish(5000)).toMatchObject({
      bucketMs: 100,
      atMs: expect.objectContaining({ length: 600, 0: 0 }) as unknown,
    });
  });
});

describe('buckets', () => {
  it('stay within their number also when time runs from before zero', () => {
    const buckets = new Buckets(
      () => ({ most: 0 }),
      (into, from) => {
        into.most = Math.max(into.most, from.most);
      },
      10,
    );
    for (let ms = -500; ms < 5000; ms += 10) buckets.at(ms).most = Math.max(buckets.at(ms).most, ms === 1230 ? 99 : 1);
    const filled = buckets.filled();
    expect(filled.length).toBeLessThanOrEqual(10);
    expect(filled.filter(({ value }) => value.most === 99)).toHaveLength(1);
    expect(filled.map(({ atMs }) => atMs)).toEqual(filled.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  });
});
