// A promise against a measurement: what holds says nothing, what does not is told with both values.
import { describe, expect, it } from 'vitest';
import type { RestartPromise } from '../../../harness/plan/promise.js';
import { differences } from '../../../harness/promises/compare.js';
import type { Measurement } from '../../../harness/promises/measure.js';
import { page } from '../../../harness/promises/page.js';

const endless: RestartPromise = {
  restartsAfter: ['signal', 'error'],
  followsInPlace: 'same-pid',
  words: { up: 'it runs' },
  restartDelayMs: 100,
  noticeMs: 100,
  runningWords: ['up'],
  settlesWithinMs: 0,
  holdsListener: false,
  respawnsItself: false,
  policies: [],
};

const budget = { restarts: 4, withinMs: 10_000, thenState: 'failed' } as const;
const promise: RestartPromise = { ...endless, budget };

const back = { restarted: true, afterMs: 240, stateAfter: 'running', wordAfter: 'up' } as const;
const gone = { restarted: false, stateAfter: 'stopped', wordAfter: 'dead' } as const;

function measured(over: Partial<Measurement> = {}): Measurement {
  return {
    supervisor: 'demo',
    ends: { signal: back, error: back, 'clean-exit': gone },
    budget: { restarts: 4, gaveUp: true, tookMs: 9_000, stateAfter: 'failed', wordAfter: 'failed' },
    runningWord: 'up',
    ...over,
  };
}

describe('a promise against what was measured', () => {
  it('says nothing when it holds', () => {
    expect(differences(promise, measured())).toEqual([]);
  });

  it.each<[string, RestartPromise, Measurement, RegExp]>([
    ['a smaller budget', { ...promise, budget: { ...budget, restarts: 2 } }, measured(), /are 2 .* measured 4/],
    [
      'a budget where there is none',
      promise,
      measured({ budget: { ...measured().budget, gaveUp: false, restarts: 7, wordAfter: 'up' } }),
      /are 4 .* had not given up/,
    ],
    ['no budget where there is one', endless, measured(), /no end of restarts.*after 4/],
    [
      'another last word',
      promise,
      measured({ budget: { ...measured().budget, stateAfter: 'unmonitored', wordAfter: 'let go' } }),
      /"failed" after giving up; measured "unmonitored" \("let go"\)/,
    ],
    [
      'a restart that was not promised',
      promise,
      measured({ ends: { ...measured().ends, 'clean-exit': back } }),
      /clean-exit: promised is no restart/,
    ],
    [
      'a restart that does not come',
      promise,
      measured({ ends: { ...measured().ends, error: gone } }),
      /after error: promised is a restart, measured none \("dead"\)/,
    ],
    [
      'a restart that comes much too late',
      promise,
      measured({ ends: { ...measured().ends, signal: { ...back, afterMs: 60_000 } } }),
      /within 200 ms, measured 60000 ms/,
    ],
    ['an unknown word', promise, measured({ runningWord: 'humming' }), /says "humming"/],
  ])('tells %s', (_what, promised, found, text) => {
    expect(differences(promised, found)).toEqual([expect.stringMatching(text)]);
  });

  it('does not ask for a budget where a kill is no reason for a restart', () => {
    const never = { ...promise, restartsAfter: [] };
    const nothing = { ...measured().budget, restarts: 0, stateAfter: 'stopped' } as const;
    expect(
      differences(never, measured({ ends: { signal: gone, error: gone, 'clean-exit': gone }, budget: nothing })),
    ).toEqual([]);
  });

  it('shows both side by side on the page, and says so when they differ', () => {
    const source = { name: 'demo', summary: 'a supervisor', where: 'engine 1' };
    const text = page({ ...source, all: [{ given: {}, promise, measured: measured() }] });
    expect(text).toMatch(/exit with code 0 \| not started again \| not started again; says `dead`/);
    expect(text).toMatch(/Measured as promised/);
    const wrong = page({
      ...source,
      all: [{ given: { burst: 3 }, promise, measured: measured({ runningWord: 'humming' }) }],
    });
    expect(wrong).toMatch(/\*\*Not as promised\*\*: says "humming"/);
  });
});
