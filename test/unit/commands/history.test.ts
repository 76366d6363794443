// diff, history and prune on a results folder: what they print, what they skip, and what they refuse.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli.js';
import type { RunResult } from '../../../harness/verdict/model.js';
import { environment, flagship, plan, receipt } from '../report/flagship.js';

let out = '';
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'remuster-history-'));
});

async function remuster(...argv: readonly string[]) {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const sink = (into: string[]) => ({ write: (text: string) => into.push(text), isTTY: false, columns: undefined });
  const io = { stdout: sink(stdout), stderr: sink(stderr), env: {}, cwd: out };
  const exitCode = await main([...argv, '--out', out], io);
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
}

interface Stored {
  readonly scenario?: string;
  readonly release?: string;
  readonly verdict?: RunResult['verdict'];
  readonly slowerMs?: number;
  readonly schemaVersion?: number;
}

/** The nth run: a minute after the one before. */
function store(
  nth: number,
  { scenario = 'boots', release, verdict = 'pass', slowerMs = 0, ...more }: Stored = {},
): string {
  const id = `run-${nth}`;
  const receipts = Array.from({ length: 10 }, (_, at) => {
    const bound = 500 + slowerMs + ((at * 37 + nth * 11) % 50);
    return receipt(`web-${(at % 2) + 1}`, at + 1, at * 9_000, {
      waterfallMs: { landed: 2, exec: 120 + ((at * 13 + nth) % 20), bound, firstAnswer: bound + 40 },
    });
  });
  const folder = join(out, id, 'environments', 'web');
  mkdirSync(folder, { recursive: true });
  const startedAt = new Date(Date.UTC(2026, 0, 1, 0, nth)).toISOString();
  const meta = {
    schemaVersion: more.schemaVersion ?? 1,
    runId: id,
    scenario,
    file: 's.yaml',
    seed: 1,
    startedAt,
    release,
  };
  writeFileSync(join(out, id, 'run.json'), JSON.stringify({ ...meta, environments: ['web'], leftBehind: [] }));
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan('web', 'systemd', false)));
  const environments = [environment('web', { receipts, verdict })];
  const result: RunResult = { ...flagship, runId: id, scenario, environments, verdict };
  writeFileSync(join(out, id, 'verdict.json'), JSON.stringify(result));
  return id;
}

describe('remuster diff', () => {
  it('says that nothing differs, with exit 0', async () => {
    store(1);
    store(2);
    const { exitCode, stdout } = await remuster('diff', 'run-1', 'run-2');
    expect(stdout).toMatch(/^no difference {2}run-2 against run-1\n\nweb {2}no difference\n/);
    expect(exitCode).toBe(0);
  });

  it('names the step that got slower first, with exit 99; runs can be named by their release', async () => {
    store(1, { release: '2.4.0' });
    store(2, { release: '2.5.0', slowerMs: 300 });
    const { exitCode, stdout } = await remuster('diff', '2.4.0', '2.5.0');
    const worse = stdout.split('\n').filter((line) => line.startsWith('  WORSE'));
    expect(worse[0]).toMatch(/recovery, exec to bound: \+(?:29|30)\d ms/);
    expect(worse[1]).toMatch(/recovery, fault to back: \+(?:29|30)\d ms/);
    expect(exitCode).toBe(99);
  });

  it('compares with the last that passed when one run is named, or none', async () => {
    store(1);
    store(2, { verdict: 'fail' });
    store(3, { scenario: 'other' });
    store(4);
    expect((await remuster('diff', 'run-4')).stdout).toContain('run-4 against run-1');
    const { stdout } = await remuster('diff', 'run-4', '--baseline', 'run-2', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, from: 'run-2', to: 'run-4' });
  });

  it.each([
    [['diff', 'run-1', 'run-7'], 104, /"run-7" is no stored run and no release of one[^]*did you mean run-[12]\?/],
    [['diff', 'run-1', 'run-1'], 104, /named on both sides/],
    [['diff', 'run-1'], 104, /no run of boots before run-1 passed/],
    [['diff', 'run-1', 'run-2', 'run-3'], 2, /two runs can be compared/],
    [['diff', 'run-1', '--tolerance', 'much'], 2, /a share in percent/],
  ])('refuses %j', async (argv, exitCode, words) => {
    store(1);
    store(2);
    const refused = await remuster(...argv);
    expect(refused.stderr).toMatch(words);
    expect(refused.exitCode).toBe(exitCode);
  });

  it('refuses a run of another schema with its version, and one that was not judged', async () => {
    store(1);
    store(2, { schemaVersion: 7 });
    const old = await remuster('diff', 'run-1', 'run-2');
    expect([old.exitCode, old.stderr]).toEqual([104, expect.stringContaining('written with schema 7')]);
    mkdirSync(join(out, 'run-3'));
    writeFileSync(
      join(out, 'run-3', 'run.json'),
      JSON.stringify({ schemaVersion: 1, runId: 'run-3', scenario: 'boots', environments: [] }),
    );
    const unjudged = await remuster('diff', 'run-1', 'run-3');
    expect([unjudged.exitCode, unjudged.stderr]).toEqual([
      104,
      expect.stringMatching(/run-3 was not judged[^]*remuster report/),
    ]);
  });
});

describe('remuster history', () => {
  it('shows the runs of each environment, oldest on the left, and tells what it skipped', async () => {
    store(2, { verdict: 'fail', slowerMs: 500 });
    store(1);
    store(3);
    store(4, { schemaVersion: 7 });
    mkdirSync(join(out, 'not-a-run'));
    const { exitCode, stdout, stderr } = await remuster('history');
    expect(stdout).toMatch(/boots web {2}3 runs, 2026-01-01 to 2026-01-01\n {2}verdict {4}✓✗✓ {2}last: pass\n/);
    expect(stdout).toMatch(/slowest {4}[▁-▇]█[▁-▇] {2}last: 0\.6 s/);
    expect(stderr).toMatch(/^skipped {2}run-4: .*schema 7/);
    expect(exitCode).toBe(0);
  });

  it('knows the scenarios that there are', async () => {
    store(1);
    const { exitCode, stderr } = await remuster('history', '--scenario', 'boot');
    expect([exitCode, stderr]).toEqual([104, expect.stringContaining('did you mean boots?')]);
    const empty = join(out, 'nothing');
    out = empty;
    expect((await remuster('history')).stdout).toContain('holds no judged runs yet');
  });
});

describe('remuster prune', () => {
  it('keeps the newest of each scenario and the last that passed', async () => {
    for (const nth of [1, 2, 3, 4, 5]) store(nth, { verdict: nth <= 2 ? 'pass' : 'fail' });
    store(6, { scenario: 'other' });
    const dry = await remuster('prune', '--keep', '1', '--dry-run');
    expect(dry.stdout).toMatch(/would remove {2}run-1\n[^]*3 runs, \d+ MiB would go; 3 runs kept/);
    expect(readdirSync(out)).toHaveLength(6);
    await remuster('prune', '--keep', '1');
    expect(readdirSync(out).sort()).toEqual(['run-2', 'run-5', 'run-6']);
  });

  it('leaves alone what may go on, a soak that can be taken up, and what it cannot read', async () => {
    store(1);
    store(2);
    store(3);
    store(4, { schemaVersion: 7 });
    store(5);
    const soak = { schemaVersion: 1, extent: { rounds: 3 }, file: 's.yaml', seed: 1, environments: {}, segments: [] };
    writeFileSync(join(out, 'run-2', 'soak.json'), JSON.stringify({ ...soak, isFinished: false }));
    mkdirSync(join(out, 'run-0'));
    const meta = { schemaVersion: 1, runId: 'run-0', scenario: 'boots', environments: [] };
    writeFileSync(join(out, 'run-0', 'run.json'), JSON.stringify({ ...meta, startedAt: new Date().toISOString() }));
    await remuster('prune', '--keep', '1');
    expect(
      readdirSync(out)
        .filter((name) => existsSync(join(out, name, 'run.json')))
        .sort(),
    ).toEqual(['run-0', 'run-2', 'run-4', 'run-5']);
    expect(await remuster('prune', '--keep', '0')).toMatchObject({ exitCode: 2 });
  });
});
