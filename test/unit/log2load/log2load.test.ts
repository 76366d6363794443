// `remuster log2load` as a user meets it: a log goes in, a load comes out that a scenario takes and that has the log's counts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../../harness/cli.js';
import { seededRandom } from '../../../harness/core/random.js';
import { dueTimes } from '../../../harness/load/open/arrivals.js';
import type { LoadOfLog } from '../../../harness/log2load/load-of-log.js';
import { planStages } from '../../../harness/plan/stages.js';
import { load as loadSchema } from '../../../harness/scenario/schema.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'remuster-log2load-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START_MS = Date.UTC(2026, 10, 23, 12);

function lineAt(atMs: number, request: string): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(atMs).toUTCString()) ?? [];
  return `10.0.0.1 - - [${day}/${month}/${year}:${time} +0000] "${request}" 200 5 "-" "Mozilla/5.0"\n`;
}

/** So many requests in each 10 s. */
function logOf(counts: readonly number[], requestOf = (nth: number) => `GET /p${nth % 3} HTTP/1.1`): string {
  let nth = 0;
  return counts
    .map((count, bucket) =>
      Array.from({ length: count }, (_, index) =>
        lineAt(START_MS + bucket * 10_000 + (index / count) * 10_000, requestOf(nth++)),
      ).join(''),
    )
    .join('');
}

async function remuster(...argv: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const into = (texts: string[]) => ({ write: (text: string) => texts.push(text), isTTY: false, columns: undefined });
  const exitCode = await main(argv, { stdout: into(out), stderr: into(err), env: {}, cwd: folder });
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}

async function loadFrom(log: string | Buffer, ...flags: readonly string[]): Promise<LoadOfLog> {
  writeFileSync(join(folder, 'access.log'), log);
  const { exitCode, stdout, stderr } = await remuster('log2load', 'access.log', ...flags);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return (parse(stdout) as { readonly load: LoadOfLog }).load;
}

/** How many requests are due in each bucket of the load, as the open engine works it out. */
function dueIn(load: LoadOfLog, everyMs: number): readonly number[] {
  const stages = planStages(loadSchema.parse(load).stages);
  const counts = load.stages[0].rates.map(() => 0);
  for (const dueMs of dueTimes(stages, load.arrivals, seededRandom(7))) {
    const bucket = Math.floor(dueMs / everyMs);
    if (bucket >= counts.length) break;
    counts[bucket]! += 1;
  }
  return counts;
}

describe('the load', () => {
  const counts = [137, 1, 0, 0, 903, 52, 7];

  it("has the log's counts in each 10 s", async () => {
    expect(dueIn(await loadFrom(logOf(counts)), 10_000)).toEqual(counts);
  });

  it('has them whatever the order of the lines is', async () => {
    const lines = logOf(counts).trimEnd().split('\n').reverse();
    expect(dueIn(await loadFrom(`${lines.join('\n')}\n`), 10_000)).toEqual(counts);
  });

  it('is made larger by --rate and faster by --speed', async () => {
    const load = await loadFrom(logOf(counts), '--rate', 'x2', '--speed', 'x4');
    expect(load.stages[0].every).toBe('2500ms');
    expect(dueIn(load, 2_500)).toEqual(counts.map((count) => count * 2));
  });

  it('is of a part of the log, and of shorter buckets', async () => {
    const load = await loadFrom(logOf(counts), '--from', '12:00:40', '--to', '12:01', '--bucket', '1s');
    const due = dueIn(load, 1_000);
    expect(due).toHaveLength(20);
    expect(due.reduce((sum, count) => sum + count, 0)).toBe(903 + 52);
  });

  it('is the same from a packed log', async () => {
    const log = logOf(counts);
    expect(await loadFrom(gzipSync(log))).toEqual(await loadFrom(log));
  });

  it('holds the mean rate afterwards', async () => {
    const load = await loadFrom(logOf([10, 30, 20]));
    expect(load.stages[1]).toEqual({ rate: 2, ramp: '0s' });
  });

  it('is what --load takes, and says in each error which file it is in', async () => {
    writeFileSync(join(folder, 'load.yaml'), (await logged(logOf(counts))).stdout);
    const scenario = join(root, 'scenarios', 'kill-one.ts');
    expect(await remuster('validate', scenario, '--load', 'load.yaml')).toMatchObject({ exitCode: 0, stderr: '' });
    const plan = await remuster('plan', scenario, '--load', 'load.yaml', '--json');
    expect(JSON.parse(plan.stdout)).toMatchObject({
      plans: [{ plan: { loadFile: 'load.yaml', load: { model: 'open', engine: { kind: 'open' }, arrivals: 'even' } } }],
    });
    writeFileSync(join(folder, 'bad.yaml'), 'load:\n  stages:\n    - { rates: [1, -1], every: 10s }\n');
    const bad = await remuster('validate', scenario, '--load', 'bad.yaml');
    expect(bad.exitCode).toBe(104);
    expect(bad.stderr).toMatch(/^bad\.yaml:3:20 {2}load\.stages\[0\]\.rates\[1\]: -1 is out of range; at least 0\n/);
  });
});

async function logged(log: string | Buffer, ...flags: readonly string[]) {
  writeFileSync(join(folder, 'access.log'), log);
  return remuster('log2load', 'access.log', ...flags);
}

describe('the requests', () => {
  it('keep their weights; writes and what cannot be asked again are left out, and counted', async () => {
    const asked = ['GET / HTTP/1.1', 'GET / HTTP/1.1', 'GET http://h/a?b=1#c HTTP/1.1', 'POST /cart HTTP/1.1'];
    const odd = ['CONNECT h:443 HTTP/1.1', 'OPTIONS * HTTP/1.0', 'PROPFIND /d HTTP/1.1', 'GET /a b\\x22 HTTP/1.1'];
    const log = logOf([40], (nth) => [...asked, ...odd][nth % 8]!);
    const { stdout } = await logged(log);
    expect((parse(stdout) as { load: LoadOfLog }).load.requests).toEqual([
      { path: '/', weight: 10 },
      { path: '/a%20b%22', weight: 5 },
      { path: '/a?b=1', weight: 5 },
    ]);
    expect(stdout).toMatch(/# Lines: 40 read, 20 used, 0 unreadable\./);
    expect(stdout).toMatch(/left out 5: POST: .*--writes/);
    const withWrites = await loadFrom(log, '--writes');
    expect(withWrites.requests).toContainEqual({ path: '/cart', method: 'POST', body: '', weight: 5 });
  });

  it('that differ in ids only become one kind when there are too many; the weight of the rest is not lost', async () => {
    const log = logOf([1000], (nth) =>
      nth % 2 === 0 ? `GET /items/${nth} HTTP/1.1` : `GET /w/k${nth % 60}/x HTTP/1.1`,
    );
    const { requests } = await loadFrom(log, '--requests', '5');
    expect(requests).toHaveLength(5);
    expect(requests[0]).toMatchObject({ path: expect.stringMatching(/^\/items\/\d+$/) as string, weight: 500 });
    expect(requests.reduce((sum, { weight }) => sum + weight, 0)).toBe(1000);
  });

  it('say nothing of anybody with --anonymise', async () => {
    const paths = [
      '/users/48213/orders/9f1c2ab4-1d2e-4f5a-8b6c-7d8e9f0a1b2c?token=s3cr3t-t0ken&page=2',
      '/mail/jane.doe@example.org;jsessionid=8F2K?to=jane%40example.org',
      '/app.3f2a9c1b7d.js',
      '/s/Zm9vYmFyMTIzNDU2Nzg5?jane%40example.org',
    ];
    const { requests } = await loadFrom(
      logOf([40], (nth) => `GET ${paths[nth % 4]!} HTTP/1.1`),
      '--anonymise',
    );
    expect(requests.map(({ path }) => path).sort()).toEqual([
      '/app.0000000000.js',
      '/mail/x?to=x',
      '/s/x?x',
      '/users/1/orders/00000000-0000-0000-0000-000000000000?token=x&page=1',
    ]);
  });
});

describe('a log that is no good ends with 104', () => {
  it('more unreadable lines than allowed: the first of them, with line and reason', async () => {
    const log = logOf([97]) + 'what is this\n\n10.0.0.1 - - [never] "GET / HTTP/1.1" 200 5\n{}\n';
    const { exitCode, stdout, stderr } = await logged(log);
    expect({ exitCode, stdout }).toEqual({ exitCode: 104, stdout: '' });
    expect(stderr).toContain('access.log  3 of 100 lines are unreadable as combined (3.00 %; limit 1.00 %):');
    expect(stderr).toContain('access.log:98  no time in brackets, like [23/Nov/2026:14:31:04 +0000]: "what is this"');
    expect(stderr).toMatch(/access\.log:100 {2}/);
    const allowed = await logged(log, '--bad-lines', '3%');
    expect(allowed.exitCode).toBe(0);
    expect(allowed.stdout).toContain('100 read, 97 used, 3 unreadable');
    expect(allowed.stderr).toContain('access.log:98  no time in brackets');
  });

  test.each<[string, string | Buffer, RegExp]>([
    ['empty', '', /access\.log {2}is empty/],
    ['blank lines', '\n\n', /access\.log {2}is empty/],
    [
      'prose',
      'Dear reader,\nthis is no log.\n',
      /access\.log:1 {2}is in no known format: "Dear reader,"; known:\n {2}combined: /,
    ],
    ['binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]), /access\.log {2}is not text/],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 4]), /is packed with zstd.*\n.*zstd -dc access\.log \| remuster/],
    ['a cut gzip', gzipSync(logOf([500])).subarray(0, 200), /access\.log {2}cannot be unpacked: /],
    ['writes only', logOf([3], () => 'POST / HTTP/1.1'), /has no request to make a load of.*\n {2}3: POST/],
    [
      'a clock that was wrong',
      lineAt(0, 'GET / HTTP/1.1') + lineAt(START_MS, 'GET / HTTP/1.1'),
      /line 1 is of 1970-.* line 2 is of 2026-.*more than 50000 buckets.*\n.*--from/,
    ],
  ])('%s', async (_what, log, words) => {
    const { exitCode, stdout, stderr } = await logged(log);
    expect({ exitCode, stdout }).toEqual({ exitCode: 104, stdout: '' });
    expect(stderr).toMatch(words);
  });

  it('a file that is not there', async () => {
    expect(await remuster('log2load', 'nowhere.log')).toMatchObject({ exitCode: 104, stdout: '' });
  });
});

test(
  'a log far larger than the memory that it may use, every path of it another one',
  { timeout: 120_000 },
  async () => {
    const LINES = 200_000;
    const path = join(folder, 'large.log');
    const file = openSync(path, 'w');
    const padding = 'z'.repeat(300);
    for (let nth = 0; nth < LINES; nth += 1_000) {
      const lines = Array.from({ length: 1_000 }, (_, index) =>
        lineAt(START_MS + (nth + index) * 5, `GET /${padding}${(nth + index).toString(36)}/k${nth + index}z HTTP/1.1`),
      );
      writeSync(file, lines.join(''));
    }
    closeSync(file);
    const code = `const { runProcess } = await import(${JSON.stringify(join(root, 'harness', 'cli.ts'))});
    process.argv = [process.argv[0], 'remuster', 'log2load', ${JSON.stringify(path)}];
    await runProcess();`;
    const child = spawn(
      process.execPath,
      // The log is 75 MB of text; the program itself takes most of this.
      ['--max-old-space-size=48', '--import', 'tsx', '--input-type=module', '-e', code],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const said: string[] = [];
    const out: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    expect({ exitCode, said: said.join('').slice(-2_000) }).toEqual({ exitCode: 0, said: '' });
    const { load } = parse(out.join('')) as { readonly load: LoadOfLog };
    expect(load.requests.reduce((sum, { weight }) => sum + weight, 0)).toBe(LINES);
    expect(dueIn(load, 10_000)).toEqual(load.stages[0].rates.map(() => 2_000));
  },
);
