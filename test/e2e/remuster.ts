// Runs the real program as its users do, in a results folder of its own.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { EnvironmentResult, RunResult } from '../../harness/verdict/model.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const program = join(root, 'bin/remuster.mjs');

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function remuster(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = root,
): Promise<Ended> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...argv], {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: { CI: 'true', ...env },
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

export async function resultsFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'remuster-results-'));
}

export interface Played extends Ended {
  readonly result: RunResult;
  readonly out: string;
}

/** `remuster run ... --json` in a fresh results folder. */
export async function play(scenario: string, ...argv: readonly string[]): Promise<Played> {
  const out = await resultsFolder();
  const ended = await remuster(['run', scenario, '--json', '--out', out, ...argv]);
  try {
    return { ...ended, out, result: JSON.parse(ended.stdout) as RunResult };
  } catch {
    throw new Error(`no JSON on standard output (exit ${ended.exitCode}):\n${ended.stdout}\n${ended.stderr}`);
  }
}

/** The states of one claim over all receipts of an environment. */
export function claimStates(environment: EnvironmentResult, id: string): readonly string[] {
  return environment.receipts.flatMap((receipt) =>
    receipt.claims.filter((claim) => claim.id === id).map((claim) => claim.state),
  );
}

/** `check/claim` of each finding, sorted, without repetition: what a run found, without when and where. */
export function findingNames(environment: EnvironmentResult): readonly string[] {
  return [...new Set(environment.findings.map((finding) => finding.check))].sort();
}
