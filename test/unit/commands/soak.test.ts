// What `remuster soak` answers before anything boots.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli.js';

const cwd = fileURLToPath(new URL('../../../', import.meta.url));
const SCENARIO = 'scenarios/soak.ts';

async function soak(...argv: readonly string[]) {
  const said: string[] = [];
  const sink = { write: (text: string) => said.push(text), isTTY: false, columns: undefined };
  const exitCode = await main(['soak', ...argv], { stdout: sink, stderr: sink, env: {}, cwd });
  return { exitCode, said: said.join('') };
}

/** A results folder with one run in it; with `soak`, of a soak. */
function stored(soak?: Readonly<Record<string, unknown>>): { readonly out: string; readonly runId: string } {
  const out = mkdtempSync(join(tmpdir(), 'remuster-soak-'));
  const runId = '20260101-000000-soak-0000';
  mkdirSync(join(out, runId, 'environments'), { recursive: true });
  const meta = { schemaVersion: 1, runId, scenario: 'soak', file: SCENARIO, seed: 1, environments: [] };
  writeFileSync(join(out, runId, 'run.json'), JSON.stringify(meta));
  if (soak) writeFileSync(join(out, runId, 'soak.json'), JSON.stringify({ ...BEGUN, ...soak }));
  return { out, runId };
}

const BEGUN = {
  schemaVersion: 1,
  extent: { rounds: 3 },
  file: SCENARIO,
  seed: 1,
  environments: { 'systemd-puma': 'the hash of another plan' },
  segments: [],
  isFinished: false,
};

describe('remuster soak', () => {
  it.each([
    [[SCENARIO], 'how long?'],
    [[SCENARIO, '--rounds', '0'], 'a soak of no rounds proves nothing'],
    [[SCENARIO, '--for', '0s'], "write it like '90m'"],
    [[SCENARIO, '--until', '25:00'], "write it like '06:00'"],
    [[SCENARIO, '--for', '1h', '--rounds', '3'], 'the same thing in different ways'],
    [[SCENARIO, '--resume', 'latest'], '--resume goes on with what the soak was begun with'],
  ])('%j is a usage error', async (argv, words) => {
    const { exitCode, said } = await soak(...argv);
    expect({ exitCode, said }).toEqual({ exitCode: 2, said: expect.stringContaining(words) as string });
  });

  it('does not resume what is not there', async () => {
    const { out } = stored();
    const { exitCode, said } = await soak('--resume', 'nothing', '--out', out);
    expect(exitCode).toBe(104);
    expect(said).toMatch(/nothing: there is no stored run[^]*known: 20260101-000000-soak-0000/);
  });

  it.each([
    ['a run', undefined, 'is no soak'],
    ['a finished one', { isFinished: true }, 'is finished; there is nothing to resume'],
    ['one whose scenario has changed', {}, 'has changed since'],
    ['one of another schema', { schemaVersion: 7 }, 'was written with schema 7; this version reads 1'],
  ])('does not resume %s', async (_, state, words) => {
    const { out, runId } = stored(state);
    const { exitCode, said } = await soak('--resume', runId, '--out', out);
    expect({ exitCode, said }).toEqual({ exitCode: 104, said: expect.stringContaining(words) as string });
  });
});
