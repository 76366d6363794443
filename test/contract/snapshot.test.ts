// The script of `remuster snapshot`, run in nodes that stand for production hosts: what it writes about bluepill and systemd,
// that no secret leaves in clear, and that parity finds in it the mistake of the incident.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../harness/cli.js';
import { messageOf } from '../../harness/core/errors.js';
import { parseSnapshot } from '../../harness/parity/snapshot-file.js';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import type { Runtime, TierNetwork } from '../../harness/tier/runtime/runtime.js';
import { answerOfAnother, boot, BOOT_DEADLINE_MS, pidsOf, specOf, type Wanted } from './single-node.js';

const connected = await connectDocker().catch((error: unknown) => messageOf(error));
if (typeof connected === 'string' && !process.env['REMUSTER_ALLOW_NO_ENGINE']) throw new Error(connected);
const why = typeof connected === 'string' ? ` (skipped: ${connected})` : '';
const runtime = connected as Runtime;

const root = fileURLToPath(new URL('../..', import.meta.url));
const SECRET = 'S3cr3t-"that\' stays';

async function remuster(...argv: readonly string[]): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  const out: string[] = [];
  const stream = { write: (text: string) => out.push(text), isTTY: false, columns: undefined };
  const stderr = { ...stream, write: () => undefined };
  const exitCode = await main(argv, { stdout: stream, stderr, env: {}, cwd: root });
  return { exitCode, stdout: out.join('') };
}

describe.skipIf(why !== '')(`snapshot${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'remuster-snapshot-'));
  let network: TierNetwork;
  let nodes = 0;

  beforeAll(async () => {
    network = await runtime.createNetwork(`snapshot-test-${process.pid}-${Date.now().toString(36)}`, 'snapshot', 'run');
  });
  afterAll(async () => {
    await network.remove();
    rmSync(folder, { recursive: true });
  });

  /** Boots a host, runs the script there as printed, and keeps the document as a file. */
  const snapshotOf = async (wanted: Wanted, shell: string) => {
    const spec = specOf(wanted);
    const env = { ...spec.env, DATABASE_PASSWORD: SECRET };
    const { node } = await boot(runtime, network, `web-${(nodes += 1)}`, { ...spec, env });
    const { generation } = await answerOfAnother(node, [], BOOT_DEADLINE_MS);
    const script = (await remuster('snapshot', '--service', wanted.server.kind)).stdout;
    await node.container.copyIn([{ path: '/root/snapshot.sh', content: script }]);
    const { stdout, stderr } = await node.container.exec([shell, '/root/snapshot.sh']);
    expect(stderr).toBe('');
    const file = join(folder, `${node.name}.json`);
    writeFileSync(file, stdout);
    return { text: stdout, snapshot: parseSnapshot(stdout, file), file, pids: pidsOf(generation), node };
  };

  it('a production under bluepill: parity names the foreground server first, with its scenario', async () => {
    const production = {
      supervisor: { kind: 'bluepill', memoryLimit: '218MiB' },
      server: { kind: 'unicorn', workers: 4, daemonize: true },
      app: { serviceMs: 50, keepKib: 114, keepFor: '20s', logBytes: 800 },
    } as const;
    const { text, snapshot, file, pids, node } = await snapshotOf(production, 'dash');
    expect(text).not.toContain('S3cr3t');
    expect(snapshot.hashing).toBe('sha256');
    const [service, ...more] = snapshot.services;
    expect(more).toEqual([]);
    expect(service?.supervisor.kind).toBe('bluepill');
    expect(service?.ports).toEqual([node.service.port]);
    expect(pids).toContain(service?.master.pid);
    expect(service?.master.argv.join(' ').trimEnd()).toBe(node.service.runningTitle);
    expect(service?.master).toMatchObject({ user: 'www-data', cwd: '/opt/shop', output: '/dev/null' });
    expect(Object.keys(service?.master.env ?? {})).toEqual(expect.arrayContaining(['GREETING', 'DATABASE_PASSWORD']));
    expect(service?.files.map(({ path }) => path)).toEqual(['/etc/bluepill/shop.pill']);

    const swap = 'scenarios/supervisor-swap.ts';
    const release = await remuster('parity', swap, '--of', 'release', '--with', file, '--json');
    expect(release.exitCode).toBe(99);
    const { differences } = JSON.parse(release.stdout) as {
      differences: { path: string; traps: { trap: string; scenario: string }[] }[];
    };
    expect(differences[0]).toMatchObject({
      path: 'server.daemonize',
      traps: [{ trap: 'T02', scenario: 'scenarios/traps/T02-foreground-unread-output.ts' }],
    });
    expect(differences.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['supervisor', 'start command', 'running command', 'environment DATABASE_PASSWORD']),
    );
    // What is configured alike is told as alike: only what the host has beyond the scenario is left.
    const fixed = await remuster('parity', swap, '--of', 'production-fixed', '--with', file, '--json');
    const left = (JSON.parse(fixed.stdout) as { differences: { path: string }[] }).differences.map(({ path }) => path);
    expect(left).toEqual(['environment DATABASE_PASSWORD', 'environment GREETING']);
  });

  it('a production under systemd, read by bash: its unit, its limits, and nothing secret of its text', async () => {
    const production = { supervisor: { kind: 'systemd' }, server: { kind: 'puma' }, openFiles: 4_096 } as const;
    const { text, snapshot, pids } = await snapshotOf(production, 'bash');
    expect(text).not.toContain('S3cr3t');
    const [service] = snapshot.services;
    expect(service?.supervisor).toMatchObject({ kind: 'systemd', pid: 1, unit: 'web.service' });
    expect(pids).toContain(service?.master.pid);
    expect(service?.master.rlimits['open files']).toBe('4096/4096');
    expect(service?.files[0]?.path).toBe('/etc/systemd/system/web.service');
    expect(service?.files[0]?.lines).toContain('Restart=always');
  });
});
