// The calibration in the state folder: comes back as it was written; what is damaged or of another machine is never used.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  calibrationFile,
  readCalibration,
  storeCalibration,
  type Calibration,
} from '../../../../harness/load/calibration/stored.js';

const HERE = { cores: 2, cpuModel: 'Test 3000' };
const CALIBRATION: Calibration = {
  schemaVersion: 1,
  measuredAt: '2026-11-23T10:00:00.000Z',
  machine: { ...HERE, node: '20.19.0', remuster: '0.1.0' },
  measured: [
    {
      engine: 'autocannon',
      model: 'closed',
      level: 1_600,
      requestsPerSecond: 5_300,
      lateP99Ms: 12,
      cpuShare: 0.6,
      limit: { level: 2_263, broke: ['cpu'], words: 'The load generator used 95.0 % of a core.' },
    },
  ],
  notMeasured: [{ engine: 'k6', why: 'there is no k6 here' }],
};

let folder: string;
beforeEach(() => (folder = join(mkdtempSync(join(tmpdir(), 'remuster-state-')), 'remuster')));
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

it('comes back as it was written, and leaves no other file', () => {
  storeCalibration(folder, { ...CALIBRATION, measured: [] });
  storeCalibration(folder, CALIBRATION);
  expect(readCalibration(folder, HERE)).toEqual({ state: 'usable', calibration: CALIBRATION });
  expect(readdirSync(folder)).toEqual(['calibration.json']);
});

it('is none where nothing was measured', () => {
  expect(readCalibration(folder, HERE)).toEqual({ state: 'none' });
});

it.each([
  ['half of a file', '{"schemaVersion": 1, "measu', /calibration\.json is damaged: it is not JSON/],
  [
    'another shape',
    JSON.stringify({ ...CALIBRATION, measured: [{ engine: 'open' }] }),
    /damaged: measured\.0\.model: /,
  ],
  ['a version to come', JSON.stringify({ ...CALIBRATION, schemaVersion: 2 }), /damaged: schemaVersion: /],
])('is not used, and says why: %s', (_what, text, why) => {
  storeCalibration(folder, CALIBRATION);
  writeFileSync(calibrationFile(folder), text);
  expect(readCalibration(folder, HERE)).toEqual({ state: 'unusable', why: expect.stringMatching(why) as string });
});

it.each([
  [{ ...HERE, cores: 8 }, 'here 8 x Test 3000'],
  [{ ...HERE, cpuModel: 'Other 1' }, 'here 2 x Other 1'],
])('of another machine is not used: %j', (here, words) => {
  storeCalibration(folder, CALIBRATION);
  expect(readCalibration(folder, here)).toEqual({
    state: 'unusable',
    why: expect.stringMatching(`of another machine \\(2 x Test 3000; ${words}\\)`) as string,
  });
});

it('that cannot be written or read names the file', () => {
  mkdirSync(calibrationFile(folder), { recursive: true });
  expect(() => storeCalibration(folder, CALIBRATION)).toThrow(/cannot be written: .*calibration\.json/);
  expect(readCalibration(folder, HERE)).toEqual({
    state: 'unusable',
    why: expect.stringMatching(/calibration\.json cannot be read: EISDIR/) as string,
  });
});
