// When `plan` and `run` warn of the load: above half of what was measured here, or above what any machine does where
// nothing was measured. And what the command line makes of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { main } from '../../../../harness/cli.js';
import { storeCalibration, thisMachine, type Calibration } from '../../../../harness/load/calibration/stored.js';
import { loadWarnings } from '../../../../harness/load/calibration/warnings.js';
import type { LoadPlan } from '../../../../harness/plan/load-plan.js';
import { planFor } from '../../verdict/test-plan.js';

const NONE = { state: 'none' } as const;

function calibrated(requestsPerSecond: number, more: Partial<Calibration> = {}): Calibration {
  const figures = { level: 500, requestsPerSecond, lateP99Ms: 9, cpuShare: 0.5, limit: null };
  return {
    schemaVersion: 1,
    measuredAt: '2026-11-23T10:00:00.000Z',
    machine: thisMachine('0.1.0'),
    measured: [
      { engine: 'autocannon', model: 'closed', ...figures },
      { engine: 'open', model: 'open', ...figures },
    ],
    notMeasured: [],
    ...more,
  };
}

function usable(requestsPerSecond: number, more?: Partial<Calibration>) {
  return { state: 'usable', calibration: calibrated(requestsPerSecond, more) } as const;
}

/** Users who think 300 ms on average. */
function users(level: number, think: LoadPlan['think'] = { kind: 'uniform', minMs: 150, maxMs: 450 }): LoadPlan {
  return {
    ...planFor().load,
    think,
    stages: [
      { level: 1, rampMs: 0, forMs: 1_000 },
      { level, rampMs: 1_000 },
    ],
  };
}

function rate(level: number, engine = 'open'): LoadPlan {
  return { ...users(level), model: 'open', engine: { kind: engine, options: {} } };
}

describe('a load on a machine that was measured', () => {
  it.each([
    ['users up to half', users(300), 2_000],
    ['a rate up to half', rate(1_000), 2_000],
  ])('is no matter of words: %s', (_what, load, measured) => {
    expect(loadWarnings([load], usable(measured))).toEqual([]);
  });

  it('is warned of above half, with both figures, the date and what to do', () => {
    const [line, ...others] = loadWarnings([users(600)], usable(2_000));
    expect(line).toBe(
      '600 users of autocannon ask for up to 2000 requests/s; up to 1000 (half of the 2000 measured on 2026-11-23) the generator leaves the cores to the tier: load it less, or use a machine with more cores',
    );
    expect(others).toEqual([]);
    expect(loadWarnings([rate(1_001)], usable(2_000))).toEqual([
      expect.stringMatching(/^open is asked for up to 1001 requests\/s; up to 1000 /) as string,
    ]);
  });

  it('is warned of where users do not think at all: nobody knows what they ask for', () => {
    const [line] = loadWarnings([users(10, { kind: 'constant', ms: 0 })], usable(2_000));
    expect(line).toMatch(
      /^10 users of autocannon ask for as many requests\/s as are answered, without a pause; up to 1000 /,
    );
  });

  it('is held against the engine that drives it, in whichever model that was measured', () => {
    expect(loadWarnings([rate(2_000, 'autocannon')], usable(2_000))).toHaveLength(1);
    expect(loadWarnings([rate(2_000, 'k6')], usable(2_000))).toEqual([
      expect.stringMatching(/^k6 is asked for .* is not known: remuster doctor --load measures it$/) as string,
    ]);
  });

  it('is warned of once for all environments, and says when the figure is a poor one', () => {
    const lines = loadWarnings([users(600), users(600)], usable(2_000, { busy: 4.2 }));
    expect(lines).toEqual([expect.stringContaining('2026-11-23, while the machine was busy') as string]);
  });
});

describe('a load on a machine that was not measured', () => {
  it('is worth a line only above what any machine does', () => {
    expect(loadWarnings([users(150), rate(500)], NONE)).toEqual([]);
    expect(loadWarnings([users(151)], NONE)).toEqual([
      '151 users of autocannon ask for up to 503 requests/s; what this machine generates honestly is not known: remuster doctor --load measures it',
    ]);
  });

  it('says which calibration is not used, whatever the load', () => {
    const lines = loadWarnings([users(1)], { state: 'unusable', why: 'calibration.json is damaged: it is not JSON' });
    expect(lines).toEqual([
      'calibration.json is damaged: it is not JSON; it is ignored: remuster doctor --load measures it anew',
    ]);
  });
});

describe('remuster plan', () => {
  it('warns on stderr, and is neither stopped nor changed by it', async () => {
    const state = mkdtempSync(join(tmpdir(), 'remuster-state-'));
    const root = fileURLToPath(new URL('../../../..', import.meta.url));
    const plan = async () => {
      const told = { stdout: '', stderr: '' };
      const into = (stream: keyof typeof told) => ({
        write: (text: string) => (told[stream] += text),
        isTTY: false,
        columns: undefined,
      });
      const io = { stdout: into('stdout'), stderr: into('stderr'), env: { XDG_STATE_HOME: state }, cwd: root };
      return { exitCode: await main(['plan', 'scenarios/kill-one.ts', '--json', '--seed', '1'], io), ...told };
    };
    try {
      const before = await plan();
      storeCalibration(join(state, 'remuster'), calibrated(20));
      const after = await plan();
      expect(before).toMatchObject({ exitCode: 0, stderr: '' });
      expect(after).toEqual({
        ...before,
        stderr: expect.stringMatching(
          /^warning: \d+ users of autocannon ask for .*half of the 20 measured.*\n$/,
        ) as string,
      });
    } finally {
      rmSync(state, { recursive: true });
    }
  });
});
