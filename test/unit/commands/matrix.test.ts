// `remuster matrix` and `list` as a user meets them before anything is run: cells, errors, what is listed.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { main } from '../../../harness/cli.js';
import { faults } from '../../../harness/faults/index.js';
import type { Server } from '../../../harness/tier/plugins.js';
import { servers } from '../../../harness/tier/servers/index.js';
import * as supervisors from '../../../harness/tier/supervisors/index.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const empty = mkdtempSync(join(tmpdir(), 'remuster-matrix-'));
afterAll(() => rmSync(empty, { recursive: true }));

async function remuster(...argv: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const into = (lines: string[]) => ({ write: (text: string) => lines.push(text), isTTY: false, columns: undefined });
  const exitCode = await main(argv, { stdout: into(out), stderr: into(err), env: {}, cwd: root });
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}

interface Listed {
  readonly cells: readonly { readonly id: string; readonly supervisor: string; readonly notApplicable?: string }[];
}

test('--list names the cells of the real plug-ins: every supervisor, every server, and why some cannot be', async () => {
  const { exitCode, stdout } = await remuster('matrix', '--setting', 'defaults', '--list', '--json');
  expect(exitCode).toBe(0);
  const { cells } = JSON.parse(stdout) as Listed;
  for (const supervisor of Object.keys(supervisors)) {
    const own = cells.filter((cell) => cell.supervisor === supervisor && cell.notApplicable === undefined);
    for (const { name: server } of Object.values(servers).filter((one: Server) => !one.isOwn))
      expect(own.map(({ id }) => id)).toContain(`${supervisor}/${server}/kill-master`);
  }
  expect(cells.filter(({ notApplicable }) => notApplicable === '')).toEqual([]);
  expect(cells.find(({ id }) => id === 'systemd/puma/phased')?.notApplicable).toContain('puma');
});

test.each([
  [['--supervisor', 'sytemd'], 'did you mean systemd?'],
  [['--server', 'unicron'], 'did you mean unicorn?'],
  [['--path', 'kill-mastre'], 'did you mean kill-master?'],
])('a name that nobody knows, %j: exit 104 and the nearest one', async (argv, hint) => {
  const { exitCode, stdout, stderr } = await remuster('matrix', '--setting', 'defaults', ...argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 104, stdout: '' });
  expect(stderr).toContain(hint);
});

test('without a word on which cells it runs none, and says how to choose', async () => {
  const { exitCode, stdout, stderr } = await remuster('matrix');
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain('--all');
  expect(await remuster('matrix', '--all', '--parallel', '0')).toMatchObject({ exitCode: 2 });
});

test('a matrix that is not there cannot be gone on with; a stored one that cannot be read is told before anything is run', async () => {
  expect(await remuster('matrix', '--resume', '--setting', 'defaults', '--out', empty)).toMatchObject({ exitCode: 2 });
  expect(await remuster('matrix', '--resume', '--out', empty)).toMatchObject({ exitCode: 104 });
  const stored = join(empty, 'stored.json');
  writeFileSync(stored, '{"schemaVersion":9}');
  const cell = ['--setting', 'defaults', '--supervisor', 'systemd', '--server', 'puma', '--path', 'kill-master'];
  const { exitCode, stderr } = await remuster('matrix', ...cell, '--stored', stored, '--out', empty);
  expect(exitCode).toBe(104);
  expect(stderr).toContain('not a stored matrix');
});

test('list names every supervisor, server, path and trap, one line each', async () => {
  const { stdout } = await remuster('list');
  const section = (kind: string) =>
    stdout
      .split('\n\n')
      .find((each) => each.startsWith(`${kind}\n`))!
      .trim()
      .split('\n')
      .slice(1);
  const names = (kind: string) => section(kind).map((line) => line.trim().split(/ {2,}/)[0]);
  expect(names('supervisors')).toEqual(Object.keys(supervisors));
  expect(names('servers')).toEqual(Object.keys(servers));
  expect(names('paths')).toEqual(expect.arrayContaining(['kill-master', 'in-place', 'restart-command']));
  expect(names('faults')).toEqual(Object.keys(faults));
  const traps = readdirSync(join(root, 'scenarios', 'traps')).map((name) => name.replace(/\.ts$/, ''));
  expect(names('traps')).toEqual(traps.sort());
  for (const kind of ['supervisors', 'servers', 'paths', 'checks', 'traps'])
    for (const line of section(kind)) expect(line, kind).toMatch(/^ {2}\S+ {2,}\S/);
});
