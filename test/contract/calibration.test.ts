// Calibration on the real engines, shortened: what it measures is real load with books that balance, and it leaves no
// process behind, at its end or when it is interrupted. How much is honest is the machine's matter, not the test's.
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { HarnessError } from '../../harness/core/errors.js';
import { calibrate } from '../../harness/load/calibration/calibrate.js';
import { measureLevel } from '../../harness/load/calibration/measure.js';
import type { LoadEngine } from '../../harness/load/engine.js';
import { engines } from '../../harness/load/index.js';

const TIMES = { rampMs: 200, holdMs: 800 };
const LEVEL = 20;
const BOUNDS = { from: LEVEL, most: 2 * LEVEL, growth: 2, halvings: 1 };
/** What another program on the machine can bring about, and a defect of ours cannot. */
const OF_THE_MACHINE: readonly string[] = ['lateness', 'cpu', 'pace'];

function ownProcesses(): readonly string[] {
  const listed = execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return listed.split('\n').filter((line) => line.includes('harness/load/'));
}

describe.each(Object.values<LoadEngine>(engines))('calibration of $name', (engine) => {
  const [model] = engine.models;
  const { signal } = new AbortController();

  afterEach(() => {
    expect(ownProcesses()).toEqual([]);
  });

  it('measures real answers, and the books balance', async (test) => {
    try {
      const sample = await measureLevel(engine, model!, LEVEL, TIMES, signal);
      expect(sample).toMatchObject({ level: LEVEL });
      expect(sample.perSecond).toBeGreaterThan(0);
      expect(sample.broken.filter(({ limit }) => !OF_THE_MACHINE.includes(limit))).toEqual([]);
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== 'cannot-run-here') throw error;
      test.skip(error.message);
    }
  });
});

describe('calibration', () => {
  it('measures each engine that is here, tells each step, and names those that are not', async () => {
    const lines: string[] = [];
    const missing: LoadEngine = {
      ...engines.autocannon,
      name: 'elsewhere',
      ready: () => Promise.reject(new HarnessError('cannot-run-here', 'there is none on the PATH')),
    };
    const settings = { times: TIMES, budgetMs: 15_000, bounds: { closed: BOUNDS, open: BOUNDS } };
    const found = await calibrate(
      [missing, engines.autocannon],
      (line) => lines.push(line),
      new AbortController().signal,
      settings,
    );
    expect(found.notMeasured).toEqual([{ engine: 'elsewhere', why: 'there is none on the PATH' }]);
    expect(found.measured).toMatchObject([{ engine: 'autocannon', model: 'closed' }]);
    expect(lines[0]).toBe('elsewhere: not measured: there is none on the PATH');
    expect(lines[1]).toMatch(/^autocannon: 20 users: \d+ answers\/s, p99 \d+ ms late, [\d.]+ % of a core: /);
    expect(ownProcesses()).toEqual([]);
  });

  it('ends at once when it is interrupted, and leaves nothing', async () => {
    const abort = new AbortController();
    const reason = new HarnessError('interrupted', 'interrupted by SIGINT');
    const measuring = measureLevel(
      {
        ...engines.autocannon,
        start: (...order) => engines.autocannon.start(...order).finally(() => abort.abort(reason)),
      },
      'closed',
      LEVEL,
      { rampMs: 0, holdMs: 3_600_000 },
      abort.signal,
    );
    await expect(measuring).rejects.toBe(reason);
    expect(ownProcesses()).toEqual([]);
  });
});
