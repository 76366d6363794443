// One cell of the matrix on the real engine, against a stored one that says otherwise: it is measured, named and fails.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CellOutcome } from '../../harness/matrix/outcome.js';
import type { MatrixResult } from '../../harness/matrix/result.js';
import { remuster, resultsFolder } from './remuster.js';

test('a cell that comes out otherwise than stored fails and is named', async () => {
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
