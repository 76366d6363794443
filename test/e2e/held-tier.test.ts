// A tier in the hand: boots, is hurt five times with a receipt each, tells how it is, takes another load, and goes without
// leaving anything; also when the process that holds it is killed.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Injected, TierStatus } from '../../harness/hold/questions.js';
import { heldTiers, pidOf } from '../../harness/hold/state.js';
import { remuster, resultsFolder, type Ended } from './remuster.js';

const FULL = process.env['REMUSTER_TEST'] === 'full';
const SCENARIO = 'scenarios/kill-one.ts';
let state = '';
let out = '';

function hand(...argv: readonly string[]): Promise<Ended> {
  return remuster(argv, { XDG_STATE_HOME: state, REMUSTER_OUT: out });
}

async function statusOf(name: string): Promise<TierStatus> {
  const { stdout } = await hand('status', name, '--json');
  return (JSON.parse(stdout) as { readonly tiers: readonly [TierStatus] }).tiers[0];
}

async function containersOf(runId: string): Promise<readonly string[]> {
  const { stdout } = await execa('docker', ['ps', '-aq', '--filter', `label=dev.remuster.run=${runId}`]);
  return stdout.split('\n').filter((line) => line !== '');
}

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'remuster-state-'));
  out = await resultsFolder();
});

afterAll(async () => {
  await hand('down', '--all');
});

describe.concurrent('a tier in the hand', () => {
  it('is booted, hurt, looked at and taken down', async () => {
    const up = await hand('up', SCENARIO, '--name', 'mine');
    expect(up.exitCode, up.stderr).toBe(0);
    expect(up.stdout).toMatch(/balancer +http:\/\/127\.0\.0\.1:\d+/);
    const faults = [
      ['kill', '--target', 'web-2'],
      ['restart-command', '--target', 'web-1'],
      ['node-reboot', '--target', 'web-2'],
      ...(FULL
        ? [
            ['kill', '--target', 'web-1', '--set', 'signal=TERM'],
            ['freeze', '--target', 'web-1', '--set', 'for=500ms'],
          ]
        : []),
    ];
    for (const [fault = '', ...flags] of faults) {
      const { exitCode, stdout, stderr } = await hand('inject', fault, ...flags, '--tier', 'mine', '--json');
      expect(exitCode, `${stdout}${stderr}`).toBe(0);
      expect((JSON.parse(stdout) as Injected).receipts).toHaveLength(1);
    }
    const wrong = await hand('inject', 'supervisor-death', '--target', 'web-1', '--tier', 'mine');
    expect(wrong).toMatchObject({ exitCode: 104, stderr: expect.stringContaining('PID 1') as string });
    expect(await hand('exec', '--tier', 'mine', 'web-1', '--', 'sh', '-c', 'echo here; exit 3')).toMatchObject({
      ...{ exitCode: 3, stdout: 'here' },
    });
    expect((await hand('load', '--users', '5', '--tier', 'mine')).stdout).toContain('5 users');
    const status = await statusOf('mine');
    expect(status.nodes.map(({ restarts, answers }) => [restarts, answers])).toEqual([
      [FULL ? 3 : 1, '200'],
      [2, '200'],
    ]);
    const down = await hand('down', 'mine');
    expect(down.stdout).toContain('nothing is left of it');
    expect(await containersOf(status.runId)).toEqual([]);
    expect((await hand('report', status.runId, '--out', out)).exitCode).not.toBe(1);
  });

  it('whose holder was killed is found again, and removed', async () => {
    expect((await hand('up', SCENARIO, '--name', 'lost')).exitCode).toBe(0);
    const tier = heldTiers({ XDG_STATE_HOME: state }).find(({ name }) => name === 'lost')!;
    process.kill(pidOf(tier)!, 'SIGKILL');
    await expect.poll(async () => (await hand('status', 'lost')).stdout).toContain('its holder is gone');
    expect(await containersOf(tier.runId)).not.toEqual([]);
    expect((await hand('down', 'lost')).stdout).toContain('nothing is left of it');
    expect(await containersOf(tier.runId)).toEqual([]);
  });

  it('what cannot come up is told with the exit code of a run, and nothing is held', async () => {
    const { exitCode, stderr } = await hand('up', 'scenarios/controls/never-boots.ts');
    expect(exitCode, stderr).toBe(101);
    expect((await hand('status')).stdout).not.toContain('never-boots');
  });
});
