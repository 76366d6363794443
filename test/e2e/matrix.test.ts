// The matrix on the real engine: a slice of it that touches everything comes out as stored, and one cell, against a stored
// one that says otherwise, is measured, named and fails.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CellOutcome } from '../../harness/matrix/outcome.js';
import type { MatrixResult } from '../../harness/matrix/result.js';
import { allPlugIns } from '../../harness/scenario/all-plug-ins.js';
import { remuster, resultsFolder } from './remuster.js';

const FULL = process.env['REMUSTER_TEST'] === 'full';

test.runIf(FULL)('a cell that comes out otherwise than stored fails and is named', async () => {
  const out = await resultsFolder();
  const stored = join(out, 'stored.json');
  const was: CellOutcome = {
    ...{
      id: 'systemd/puma/kill-master',
      supervisor: 'systemd',
      server: 'puma',
      path: 'kill-master',
      setting: 'defaults',
    },
    ...{ verdict: 'fail', broken: ['answers'], checks: [], recoveredMs: null, reason: 'it stayed away' },
    ...{ tookMs: 1, attempts: 1, runId: null },
  };
  await writeFile(stored, JSON.stringify({ schemaVersion: 1, cells: [was] }));
  const cell = ['--supervisor', 'systemd', '--server', 'puma', '--path', 'kill-master', '--setting', 'defaults'];
  const { exitCode, stdout, stderr } = await remuster(['matrix', ...cell, '--stored', stored, '--out', out, '--json']);
  const result = JSON.parse(stdout) as MatrixResult;
  const puma = result.cells.find(({ server }) => server === 'puma');
  expect(puma, stderr).toMatchObject({ verdict: 'pass', broken: [] });
  expect(result.comparison?.changed).toEqual([{ id: was.id, was: 'fail: answers', is: 'pass', reason: '' }]);
  expect(exitCode).toBe(99);
  const folder = join(out, `matrix-${result.id}`);
  expect(await readFile(join(folder, 'matrix.md'), 'utf8')).toContain('| systemd | ✓');
  // The cell is a run like any other: it can be judged again.
  const again = await remuster(['report', join(folder, 'runs', puma!.runId!)]);
  expect(again.exitCode).toBe(0);
});

test('every supervisor and every server, once at least, as the documentation has it', async () => {
  const { stdout, stderr } = await remuster([
    'matrix',
    '--slice',
    '--parallel',
    '4',
    '--out',
    await resultsFolder(),
    '--json',
  ]);
  const { cells, comparison, missing, leftBehind } = JSON.parse(stdout) as MatrixResult;
  const empty = { missing: [], leftBehind: [], changed: [] };
  expect({ missing, leftBehind, changed: comparison?.changed }, stderr).toEqual(empty);
  expect(comparison?.fresh).toEqual([]);
  const said = cells.filter(({ verdict }) => ['pass', 'fail'].includes(verdict));
  const touched = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();
  expect(touched(said.map(({ supervisor }) => supervisor))).toEqual(Object.keys(allPlugIns.supervisors).sort());
  const servers = said.map(({ server }) => server.replace(/-cluster$/, ''));
  const ours = Object.entries(allPlugIns.servers).filter(([, server]) => !server.isOwn);
  expect(touched(servers)).toEqual(ours.map(([name]) => name).sort());
});
