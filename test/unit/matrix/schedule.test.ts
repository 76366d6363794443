// Cells side by side: no more at a time than told, an inconclusive one once more, a stop that loses nothing that was measured.
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CellOutcome } from '../../../harness/matrix/outcome.js';
import { parallelFor, playAll, TimeLeft } from '../../../harness/matrix/schedule.js';
import { MatrixFolder } from '../../../harness/matrix/store.js';
import { outcome } from './plug-ins.js';

const out = mkdtempSync(join(tmpdir(), 'remuster-matrix-'));
afterAll(() => rmSync(out, { recursive: true }));

const cells = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ id: `systemd/unicorn/${path}` }));

test('so many at a time, each cell once', async () => {
  let playing = 0;
  let most = 0;
  const ended: string[] = [];
  await playAll(
    cells,
    {
      parallel: 2,
      async play({ id }) {
        most = Math.max(most, ++playing);
        await Promise.resolve();
        playing -= 1;
        return outcome(id);
      },
      ended: ({ id }) => void ended.push(id),
    },
    new AbortController().signal,
  );
  expect(most).toBe(2);
  expect(ended.sort()).toEqual(cells.map(({ id }) => id));
});

test('an inconclusive cell is played once more, and then counts', async () => {
  const ended: CellOutcome[] = [];
  const play = ({ id }: { readonly id: string }, attempts: number) =>
    Promise.resolve(outcome(id, { attempts, verdict: id.endsWith('/a') || attempts === 1 ? 'inconclusive' : 'pass' }));
  await playAll(
    cells.slice(0, 2),
    { parallel: 1, play, ended: (each) => void ended.push(each) },
    new AbortController().signal,
  );
  expect(ended.map(({ verdict, attempts }) => [verdict, attempts])).toEqual([
    ['inconclusive', 2],
    ['pass', 2],
  ]);
});

test('a stop keeps what had ended, not what was interrupted; the rest is played when it goes on', async () => {
  const { folder, header } = MatrixFolder.create(
    out,
    cells.map(({ id }) => id),
  );
  const stop = new AbortController();
  const play = ({ id }: { readonly id: string }) => {
    if (id.endsWith('/c')) stop.abort();
    return Promise.resolve(outcome(id));
  };
  await playAll(cells, { parallel: 1, play, ended: (each) => folder.add(each) }, stop.signal);

  const resumed = MatrixFolder.open(out);
  expect(resumed.header).toEqual(header);
  expect(resumed.outcomes.map(({ id }) => id)).toEqual(['systemd/unicorn/a', 'systemd/unicorn/b']);
  expect(MatrixFolder.open(out, header.id).outcomes).toEqual(resumed.outcomes);
});

test('half a line that a crash left costs that cell only, also when it goes on after it', () => {
  const { folder, header } = MatrixFolder.create(
    out,
    cells.map(({ id }) => id),
  );
  folder.add(outcome('systemd/unicorn/a'));
  folder.add(outcome('systemd/unicorn/b'));
  const file = join(folder.path, 'cells.ndjson');
  truncateSync(file, readFileSync(file).length - 20);
  folder.add(outcome('systemd/unicorn/c'));
  expect(MatrixFolder.open(out, header.id).outcomes.map(({ id }) => id)).toEqual([
    'systemd/unicorn/a',
    'systemd/unicorn/c',
  ]);
});

test('there is nothing to go on with: said, exit 104', () => {
  expect(() => MatrixFolder.open(join(out, 'nowhere'))).toThrow(expect.objectContaining({ exitCode: 104 }));
  expect(() => MatrixFolder.open(out, 'no-such-matrix')).toThrow(/no such matrix/);
});

test('an error that ends all cells ends the others too', async () => {
  const play = ({ id }: { readonly id: string }) =>
    id.endsWith('/b') ? Promise.reject(new Error('no room left')) : Promise.resolve(outcome(id));
  const ended: string[] = [];
  const whole = playAll(
    cells,
    { parallel: 1, play, ended: ({ id }) => void ended.push(id) },
    new AbortController().signal,
  );
  await expect(whole).rejects.toThrow('no room left');
  expect(ended).toEqual(['systemd/unicorn/a']);
});

test('time left comes from the cells that have ended and from how many go at a time', () => {
  const time = new TimeLeft(9, 2);
  expect(time.words).toBe('');
  time.ended(30_000);
  expect(time.words).toBe('about 2 min left');
  for (let nth = 0; nth < 7; nth += 1) time.ended(30_000);
  expect(time.words).toBe('about 30 s left');
  time.ended(30_000);
  expect(time.words).toBe('');
});

test('as many cells as cores and memory take, at least one', () => {
  const gib = 1024 ** 3;
  expect(parallelFor(2, 16 * gib)).toBeGreaterThanOrEqual(3);
  expect(parallelFor(8, 2 * gib)).toBeLessThanOrEqual(3);
  expect(parallelFor(1, 0)).toBe(1);
});
