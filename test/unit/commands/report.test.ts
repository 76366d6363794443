// `remuster report` on stored runs: same bytes again, damaged lines told, unknown runs named with what exists.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { register } from '../../../harness/commands/report.js';
import { HarnessError } from '../../../harness/core/errors.js';
import type { JournalEvent } from '../../../harness/record/events.js';
import { RunFolder } from '../../../harness/record/store.js';
import type { RunResult } from '../../../harness/verdict/model.js';
import { plan } from '../report/flagship.js';
import { incident } from '../report/live/incident.js';

let root: string;
let journalFile: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'remuster-runs-'));
  const folder = RunFolder.create(root, 'run-1');
  const release = folder.environment(plan('production', 'bluepill', false));
  journalFile = release.journalFile;
  const events: readonly JournalEvent[] = [
    {
      kind: 'header',
      atMs: 0,
      schemaVersion: 1,
      runId: 'run-1',
      scenario: 'supervisor-swap',
      environment: 'production',
      wallMs: 0,
      versions: {},
    },
    ...[...incident].sort((a, b) => a.atMs - b.atMs),
    { kind: 'cut', atMs: 30_000, reason: 'interrupted', evidence: 'SIGINT' },
    { kind: 'end', atMs: 30_001 },
  ];
  appendFileSync(journalFile, events.map((event) => JSON.stringify(event) + '\n').join(''));
  folder.saveMeta({
    schemaVersion: 1,
    runId: 'run-1',
    scenario: 'supervisor-swap',
    file: 'scenarios/supervisor-swap.ts',
    seed: 7,
    startedAt: '2026-01-01T00:00:00.000Z',
    environments: ['production'],
    leftBehind: [],
    unwritable: null,
  });
  folder.publish({ runId: 'run-1', scenario: 'supervisor-swap', verdict: 'inconclusive', exitCode: 130 });
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

async function remuster(...argv: string[]): Promise<{ stdout: string; stderr: string; exitCode: number | undefined }> {
  const out = { stdout: '', stderr: '', exitCode: undefined as number | undefined };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  register(program, {
    stdout: { write: (text) => (out.stdout += text), isTTY: false, columns: undefined },
    stderr: { write: (text) => (out.stderr += text), isTTY: false, columns: undefined },
    env: {},
    cwd: root,
    exit: (code) => void (out.exitCode = code),
  });
  await program.parseAsync(['report', ...argv, '--out', root], { from: 'user' });
  return out;
}

function verdictBytes(): string {
  return readFileSync(join(root, 'run-1', 'verdict.json'), 'utf8');
}

describe('remuster report', () => {
  it('judges a stored run again and writes the same bytes, however the run is named', async () => {
    const first = await remuster();
    expect(first.stdout).toMatch(/^supervisor-swap {2}seed 7/);
    const bytes = verdictBytes();
    rmSync(join(root, 'run-1', 'verdict.json'));
    const again = await remuster('run-1', '--json');
    expect(verdictBytes()).toBe(bytes);
    expect(again.stdout).toBe(bytes);
    await remuster(join(root, 'latest'));
    expect(verdictBytes()).toBe(bytes);
  });

  it('ends with the exit code of the run: this one was interrupted', async () => {
    const { exitCode, stdout } = await remuster('run-1');
    expect(exitCode).toBe(130);
    expect(stdout).toContain('interrupted');
    expect((JSON.parse(verdictBytes()) as RunResult).exitCode).toBe(130);
  });

  it('prints any of its formats', async () => {
    expect((await remuster('run-1', '--format', 'junit')).stdout).toMatch(/^<\?xml /);
    expect((await remuster('run-1', '--format', 'markdown')).stdout).toMatch(/^## /);
    await expect(remuster('run-1', '--format', 'pdf')).rejects.toThrow(/Allowed choices are terminal, json, junit/);
  });

  it('skips a damaged line and says where it is', async () => {
    appendFileSync(journalFile, '{"kind":"prob\n');
    const { stdout } = await remuster('run-1');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/1 damaged line.* skipped, the first is line \d+/);
  });

  it('names the runs that exist when there is none of that name', async () => {
    const error: unknown = await remuster('run-2').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HarnessError);
    expect((error as HarnessError).exitCode).toBe(104);
    expect((error as HarnessError).hint).toMatch(/^known: .*run-1/);
  });
});
