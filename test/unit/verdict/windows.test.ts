// What windows tell of nodes and requests: percentiles of all answers together, counts per request, levels of the load.
import { describe, expect, it } from 'vitest';
import { boundOf, bucketOf, LatencyHistogram } from '../../../harness/record/histogram.js';
import { judgeEnvironment } from '../../../harness/verdict/judge.js';
import type { WindowResult } from '../../../harness/verdict/model.js';
import { JournalBuilder } from './journal-builder.js';
import { planFor } from './test-plan.js';

const request = (name: string, weight = 1) => ({ name, method: 'GET', path: '/', headers: {}, weight });
const load = { ...planFor().load, requests: [request('GET /', 8), request('search', 2)] };
const boundMs = (ms: number): number => Math.round(boundOf(bucketOf(ms)) * 10) / 10;

async function windowsOf(journal: JournalBuilder): Promise<readonly WindowResult[]> {
  return (await judgeEnvironment(journal.plan, journal.end())).windows;
}

describe('a window', () => {
  it('knows the percentiles of each node, and of the tier those of all answers: not the average of the nodes', async () => {
    const journal = new JournalBuilder(planFor());
    journal.users.latencyMs = (node) => (node === 'web-3' ? 900 : 20);
    const windows = await windowsOf(journal.steady());
    const p50Of = (node: string | null) => windows.find((window) => window.node === node)?.p50Ms;
    expect(['web-1', 'web-2', 'web-3', 'web-4'].map(p50Of)).toEqual([20, 20, 900, 20].map(boundMs));
    expect(p50Of(null)).toBe(boundMs(20));
    const average = (3 * boundMs(20) + boundMs(900)) / 4;
    expect(average).toBeGreaterThan(200);
    expect(windows.find(({ node }) => node === null)).toMatchObject({ p95Ms: boundMs(900), p99Ms: boundMs(900) });
  });

  it('has the percentiles that its answers would have had in one histogram, however they were spread over frames', async () => {
    const journal = new JournalBuilder(planFor());
    const whole = new LatencyHistogram();
    let turn = 0;
    journal.users.latencyMs = () => 5 + (((turn += 1) * 37) % 400);
    const windows = await windowsOf(journal.steady());
    const tier = windows.find(({ node }) => node === null)!;
    const endMs = journal.loadStartMs + tier.toMs;
    for (const event of journal.events)
      if (event.kind === 'load-frame' && event.atMs < endMs)
        for (const [bucket, count] of event.latency) whole.add(bucket, count);
    expect(tier.samples).toBe(tier.answered);
    for (const [figure, share] of [
      ['p50Ms', 0.5],
      ['p95Ms', 0.95],
      ['p99Ms', 0.99],
    ] as const)
      expect(tier[figure]).toBe(Math.round(whole.percentile(share)! * 10) / 10);
  });

  it('tells requests apart: what each answered, failed, and how long it took', async () => {
    const journal = new JournalBuilder(planFor({ load }));
    journal.users.latencyMs = (_node, index) => (index === 1 ? 400 : 20);
    journal.users.wrong = (_node, index) => (index === 1 ? 0.25 : 0);
    const windows = await windowsOf(journal.steady());
    const tier = windows.find(({ node }) => node === null)!;
    const [home, search] = tier.requests!;
    expect(home).toMatchObject({ request: 'GET /', failed: 0, p50Ms: boundMs(20) });
    expect(search).toMatchObject({ request: 'search', p50Ms: boundMs(400) });
    expect(search!.failedShare).toBeCloseTo(0.25, 1);
    expect(home!.answered + search!.answered).toBe(tier.answered);
    expect(home!.failed + search!.failed).toBe(tier.failed);
    expect(windows.filter(({ node }) => node !== null).every(({ requests }) => requests === undefined)).toBe(true);
  });

  it('counts the light requests of a long list together, but never one that has a limit', async () => {
    const requests = Array.from({ length: 200 }, (_, index) => request(`r${index}`, 200 - index));
    const limits = { ...planFor().limits, requests: { r199: { p50Ms: { after: 1 } } } };
    const journal = new JournalBuilder(planFor({ load: { ...load, requests }, limits }));
    journal.perSecond = 8_000;
    const windows = await windowsOf(journal.steady());
    const figures = windows.find(({ node }) => node === null)!.requests!;
    expect(figures).toHaveLength(22);
    expect(figures.slice(-2).map((each) => each.request)).toEqual(['r199', null]);
    expect(figures.reduce((sum, { answered }) => sum + answered, 0)).toBe(windows[0]!.answered);
    expect(figures.at(-1)!.answered).toBeGreaterThan(figures[0]!.answered);
  });
});
