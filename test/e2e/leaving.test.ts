// Leaving nothing behind: Ctrl-C in the middle of a fault, kill -9 of the program, and two runs side by side.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../harness/verdict/model.js';
import { program, remuster, resultsFolder, root } from './remuster.js';

const SCENARIO = 'test/e2e/fixtures/frozen.yaml';

interface Started {
  readonly child: ReturnType<typeof launch>;
  readonly out: string;
  /** Resolves when the program says that the fault landed; rejects when it ends before. */
  readonly landed: Promise<void>;
}

function launch(out: string) {
  return execa(process.execPath, [program, 'run', SCENARIO, '--json', '--out', out], {
    cwd: root,
    reject: false,
    stdin: 'ignore',
  });
}

async function start(): Promise<Started> {
  const out = await resultsFolder();
  const child = launch(out);
  let seen = '';
  const landed = new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (/fault .*landed/.test(seen)) resolve();
    });
    void child.then(() => reject(new Error(`ended before the fault landed:\n${seen}`)));
  });
  return { child, out, landed };
}

/** Names of containers, networks and volumes of a run. */
async function ofRun(runId: string): Promise<readonly string[]> {
  const label = `label=dev.remuster.run=${runId}`;
  const lists = await Promise.all([
    execa('docker', ['ps', '-aq', '--filter', label]),
    execa('docker', ['network', 'ls', '-q', '--filter', label]),
    execa('docker', ['volume', 'ls', '-q', '--filter', label]),
  ]);
  return lists.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''));
}

async function runIdIn(out: string): Promise<string> {
  const [name] = (await readdir(out)).filter((each) => each.includes('frozen'));
  if (name === undefined) throw new Error(`no run in ${out}`);
  return name;
}

describe('leaving nothing behind', () => {
  afterAll(async () => {
    await remuster(['clean']);
  });

  it('Ctrl-C in the middle of a fault: exit 130, a report marked interrupted, nothing left', async () => {
    const { child, out, landed } = await start();
    await landed;
    child.kill('SIGINT');
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(130);
    const result = JSON.parse(stdout) as RunResult;
    expect(result.environments[0]?.interrupted).toBe(true);
    expect(await ofRun(result.runId)).toEqual([]);
    const stored = JSON.parse(await readFile(join(out, result.runId, 'verdict.json'), 'utf8')) as RunResult;
    expect(stored.exitCode).toBe(130);
    const ledger = await readFile(join(out, result.runId, 'environments', 'only', 'undo.ndjson'), 'utf8');
    expect(ledger).toContain('"undone"');
  });

  it('kill -9, then clean: nothing left; and a run beside it is not touched', async () => {
    const [killed, beside] = await Promise.all([start(), start()]);
    await Promise.all([killed.landed, beside.landed]);
    killed.child.kill('SIGKILL');
    await killed.child;
    const runId = await runIdIn(killed.out);
    expect(await ofRun(runId)).not.toEqual([]);
    const cleaned = await remuster(['clean']);
    expect(cleaned.exitCode, cleaned.stderr).toBe(0);
    expect(await ofRun(runId)).toEqual([]);
    expect(await ofRun(await runIdIn(beside.out))).not.toEqual([]);
    beside.child.kill('SIGINT');
    const { exitCode } = await beside.child;
    expect(exitCode).toBe(130);
  });
});
