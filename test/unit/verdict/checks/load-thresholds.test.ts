// What a load engine says beside its books, judged: thresholds, tolerance, doubts, and limits on failures that it hides.
import { describe, expect, it } from 'vitest';
import type { LoadTotals } from '../../../../harness/record/events.js';
import { judgeEnvironment } from '../../../../harness/verdict/judge.js';
import type { Limits } from '../../../../harness/plan/window-limits.js';
import { JournalBuilder } from '../journal-builder.js';
import { planFor } from '../test-plan.js';

async function found(totals: Partial<LoadTotals>, limits: Partial<Limits> = {}): Promise<readonly string[]> {
  const plan = planFor();
  const journal = new JournalBuilder({ ...plan, limits: { ...plan.limits, ...limits } });
  journal.steady().killAndReturn().pass(10_000);
  const { findings } = await judgeEnvironment(journal.plan, journal.end(totals));
  return findings.map(({ check, severity, message }) => `${check} ${severity}: ${message}`);
}

describe('load-thresholds', () => {
  const held = { metric: 'http_req_failed', threshold: 'rate<0.1', ok: true };

  it('fails a run whose script has a threshold that was broken, and names it', async () => {
    const broken = { metric: 'http_req_duration', threshold: 'p(95)<200', ok: false };
    expect(await found({ thresholds: [held, broken] })).toEqual([
      'load-thresholds fail: The threshold p(95)<200 of http_req_duration was broken.',
    ]);
  });

  it('says nothing where all hold', async () => {
    expect(await found({ thresholds: [held] })).toEqual([]);
  });
});

describe('load-was-real', () => {
  it('lets books be out by what is in the nature of the engine, and by no more', async () => {
    expect(await found({ balance: -2, tolerance: 2 })).toEqual([]);
    expect(await found({ balance: 3, tolerance: 2 })).toEqual([
      expect.stringContaining('load-was-real inconclusive: The books of the load do not balance: 3'),
    ]);
  });

  it('doubts a load that was not what was planned', async () => {
    expect(await found({ doubts: ['The script of k6 threw 3 times, first: Error: no basket'] })).toEqual([
      'load-was-real inconclusive: The script of k6 threw 3 times, first: Error: no basket.',
    ]);
  });

  it('cannot say that a limit on failures holds where the engine hides some; without such a limit it is a note', async () => {
    const hides = 'on kept connections k6 sends GET again in silence';
    expect(await found({ hides })).toEqual([]);
    for (const limits of [
      { failedShare: { after: 0.5 } },
      { requests: { 'GET /': { failedShare: { fault: 0.9 } } } },
    ] satisfies Partial<Limits>[]) {
      expect(await found({ hides }, limits)).toEqual([
        `load-was-real inconclusive: The limits on failed requests cannot be shown to hold: ${hides}.`,
      ]);
    }
  });
});
