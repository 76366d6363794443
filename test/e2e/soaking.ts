// A soak of three minutes whose process is killed in the middle, and which is taken up again.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { RunResult } from '../../harness/verdict/model.js';
import { program, remuster, resultsFolder, root, type Ended } from './remuster.js';

const SCENARIO = 'test/e2e/fixtures/soaked.yaml';

export interface SoakedTwice {
  readonly out: string;
  readonly runId: string;
  readonly resumed: Ended;
  readonly result: RunResult;
  /** Rounds of which the end stands in a journal, part by part. */
  readonly rounds: readonly (readonly number[])[];
}

/** Kills the process with SIGKILL when so many rounds have ended, and takes the soak up. */
export async function soakKilledAfter(rounds: number): Promise<SoakedTwice> {
  const out = await resultsFolder();
  const first = execa(process.execPath, [program, 'soak', SCENARIO, '--for', '3m', '--out', out], {
    ...{ cwd: root, reject: false, stdin: 'ignore' },
    env: { CI: 'true' },
  });
  let seen = '';
  first.stderr.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if ((seen.match(/round \d+ step 1 ended/g) ?? []).length >= rounds) first.kill('SIGKILL');
  });
  const ended = await first;
  if (ended.signal !== 'SIGKILL') throw new Error(`it ended before ${String(rounds)} rounds had:\n${seen}`);
  const [runId = ''] = (await readdir(out)).filter((name) => name.includes('soaked'));
  const resumed = await remuster(['soak', '--resume', runId, '--out', out, '--json']);
  const result = JSON.parse(resumed.stdout) as RunResult;
  const parts = ['only', 'only.2'].map((name) => roundsIn(join(out, runId, 'environments', name, 'events.ndjson')));
  return { out, runId, resumed, result, rounds: await Promise.all(parts) };
}

async function roundsIn(journal: string): Promise<readonly number[]> {
  const lines = (await readFile(journal, 'utf8')).split('\n').filter((line) => line.includes('"kind":"round"'));
  return lines.flatMap((line) => {
    const { round, state } = JSON.parse(line) as { readonly round: number; readonly state: string };
    return state === 'ended' ? [round] : [];
  });
}
