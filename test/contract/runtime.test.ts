// The runtime's promises, on the real engine: what a tier needs of it, and that nothing is left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import Dockerode from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../harness/core/clock.js';
import { messageOf } from '../../harness/core/errors.js';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import { findEndpoint } from '../../harness/tier/runtime/endpoint.js';
import { LABEL, labelsOf } from '../../harness/tier/runtime/labels.js';
import { formatOwner, ownOwner } from '../../harness/tier/runtime/owner.js';
import type { Container, Runtime, TierNetwork } from '../../harness/tier/runtime/runtime.js';
import { leftBehindBy, sweepDead } from '../../harness/tier/sweep.js';
import { tryNode } from '../../harness/tier/trial.js';

const connected = await connectDocker().catch((error: unknown) => messageOf(error));
if (typeof connected === 'string' && !process.env['REMUSTER_ALLOW_NO_ENGINE']) throw new Error(connected);
const why = typeof connected === 'string' ? ` (skipped: ${connected})` : '';

const runId = `runtime-test-${process.pid}-${Date.now().toString(36)}`;
const quiet = (): void => undefined;

const SERVER = `
require 'socket'
server = TCPServer.new('0.0.0.0', 8080)
puts 'listening'
STDOUT.flush
loop { s = server.accept; s.gets; s.write "HTTP/1.0 200 OK\\r\\n\\r\\n#{File.read('/srv/page.txt')}"; puts 'served ünë'; STDOUT.flush; s.close }
`;

describe.skipIf(why !== '')(`runtime${why}`, () => {
  const runtime = connected as Runtime;
  let image = '';
  let network: TierNetwork;
  let node: Container;

  beforeAll(async () => {
    image = await runtime.ensureImage('node-ruby', quiet);
    network = await runtime.createNetwork(runId, 'release', 'run');
    node = await network.create({
      name: 'web-1',
      image,
      command: ['ruby', '/srv/server.rb'],
      env: { GREETING: 'hello' },
      files: [
        { path: '/srv/server.rb', content: SERVER },
        { path: '/srv/page.txt', content: 'page', uid: 33, gid: 33, mode: 0o640 },
        { path: '/srv/link', linkTo: 'page.txt' },
        { path: '/srv/deep/er', directory: true, uid: 33, mode: 0o700 },
      ],
      publish: [8080],
      systemd: false,
      init: true,
    });
  });
  afterAll(async () => network.remove());

  it('builds an image once', async () => {
    const said: string[] = [];
    await expect(runtime.ensureImage('node-ruby', (line) => said.push(line))).resolves.toBe(image);
    expect(said).toEqual([]);
  });

  it('has the files in it before it starts, as they were asked for', async () => {
    const { stdout } = await node.exec(['stat', '-c', '%F %a %U', '/srv/page.txt', '/srv/link', '/srv/deep/er']);
    expect(stdout.trim().split('\n')).toEqual([
      'regular file 640 www-data',
      'symbolic link 777 root',
      'directory 700 www-data',
    ]);
    expect(await node.readFile('/srv/page.txt')).toBe('page');
    await node.copyIn([{ path: '/srv/new/later.txt', content: 'später' }]);
    expect(await node.readFile('/srv/new/later.txt')).toBe('später');
    await expect(node.readFile('/srv/none')).rejects.toThrow(/cannot read \/srv\/none of web-1/);
  });

  it('runs commands to their end, as any user', async () => {
    const argv = ['sh', '-c', 'echo $GREETING; id -un; echo oops >&2; exit 3'];
    expect(await node.exec(argv, { user: 'www-data' })).toEqual({
      exitCode: 3,
      stdout: 'hello\nwww-data\n',
      stderr: 'oops\n',
    });
  });

  it('never takes what the engine says of a command that it cannot start for the words of the command', async () => {
    const { exitCode, stdout, stderr } = await node.exec(['no-such-program']);
    expect(exitCode).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('no-such-program');
  });

  it('does not wait for a daemon that a command leaves behind with its streams', async () => {
    const { stdout, exitCode } = await node.exec(['sh', '-c', 'sleep 600 & echo $!']);
    expect(exitCode).toBe(0);
    const { exitCode: running } = await node.exec(['kill', stdout.trim()]);
    expect(running).toBe(0);
  });

  it('stops waiting for a command when told so', async () => {
    const stop = new AbortController();
    const command = node.exec(['sleep', '600'], { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(command).rejects.toThrow('enough');
  });

  it('talks with a command line by line until its input is closed', async () => {
    const command = await node.attachExec(['sh', '-c', 'while read line; do echo "<$line>"; done; echo bye']);
    const lines: string[] = [];
    const ended = new Promise<void>((resolve) => command.onEnd(resolve));
    const answered = new Promise<void>((resolve) => {
      command.onLine((line) => {
        lines.push(line);
        if (lines.length === 2) resolve();
      });
    });
    command.write('a\nü');
    command.write('b\n');
    await answered;
    command.end();
    await ended;
    expect(lines).toEqual(['<a>', '<üb>', 'bye']);
  });

  it('publishes on the loopback only, and streams the output', async () => {
    const { host, port } = node.reach(8080);
    expect(() => node.reach(81)).toThrow(/not published/);
    let stop = quiet;
    const served = new Promise<string>((resolve, reject) => {
      node.attachOutput(resolve, quiet).then((stopIt) => (stop = stopIt), reject);
    });
    await waitFor(() => (stop === quiet ? { done: false, evidence: 'not yet' } : { done: true, value: true }), {
      what: 'the output to be attached',
      deadlineMs: 10_000,
    });
    const page = await waitFor(
      async () => {
        const answer = await fetchText(host, port);
        return answer.ok ? { done: true, value: answer.text } : { done: false, evidence: answer.text };
      },
      { what: 'the page', deadlineMs: 20_000 },
    );
    expect(page).toBe('page');
    expect(await served).toBe('served ünë');
    stop();
    expect(await node.logTail(10)).toContain('listening');
    const { NetworkSettings: settings } = await docker().getContainer(node.id).inspect();
    if (host === '127.0.0.1') expect(settings.Ports['8080/tcp']?.[0]?.HostIp).toBe('127.0.0.1');
  });

  it('keeps port, address and what was written over a restart, and tells of each end and start', async () => {
    const changes: string[] = [];
    const stop = await node.follow((change) => {
      changes.push(change.kind === 'ended' ? `ended ${change.exitCode}` : change.kind);
    });
    const { host, port } = node.reach(8080);
    const spec = { image, command: ['sleep', '600'], env: {}, files: [], publish: [], systemd: false, init: true };
    const neighbour = await network.create({ ...spec, name: 'web-3' });
    await node.exec(['sh', '-c', 'echo 7 >/srv/stale.pid']);
    const before = await node.state();
    expect(before.word).toBe('running');

    await node.kill();
    expect(await node.state()).toMatchObject({ word: 'exited', exitCode: 137, restarts: 0 });
    // Whoever comes meanwhile gets neither its address nor its port.
    const newcomer = await network.create({ ...spec, name: 'web-4', publish: [8080] });
    expect([node.address, neighbour.address]).not.toContain(newcomer.address);
    expect(newcomer.reach(8080).port).not.toBe(port);
    await node.start();
    await node.restart(1_000);

    expect((await node.state()).startedAt).not.toBe(before.startedAt);
    expect(node.reach(8080)).toEqual({ host, port });
    expect((await addressOf(node)) === node.address).toBe(true);
    expect(await node.readFile('/srv/stale.pid')).toBe('7\n');
    await waitFor(
      async () => {
        const answer = await fetchText(host, port);
        return answer.ok ? { done: true, value: true } : { done: false, evidence: answer.text };
      },
      { what: 'the page at the same port', deadlineMs: 20_000 },
    );
    expect(changes.map((change) => change.replace(/ (137|143)$/, ''))).toEqual([
      'ended',
      'started',
      'ended',
      'started',
    ]);
    stop();
    await Promise.all([neighbour.remove(), newcomer.remove()]);
  });

  it('restarts by policy what ends by itself, not what a person stopped', async () => {
    const crashing = await network.create({
      name: 'web-5',
      image,
      // The engine's init is PID 1: its child can be killed from inside, and takes the container with it.
      command: ['sleep', '600'],
      env: {},
      files: [],
      publish: [],
      systemd: false,
      init: true,
      user: 'www-data',
      cwd: '/srv',
      openFiles: 321,
      restartPolicy: { name: 'on-failure', maximumRetryCount: 1 },
    });
    const started: string[] = [];
    const stop = await crashing.follow(({ kind }) => started.push(kind));
    const { stdout } = await crashing.exec([
      'sh',
      '-c',
      'p=$(pgrep -o -x sleep); stat -c %U /proc/$p; readlink /proc/$p/cwd; grep "open files" /proc/$p/limits; kill -KILL $p',
    ]);
    expect(stdout.trim().split(/\s+/)).toEqual(expect.arrayContaining(['www-data', '/srv', '321']));
    await waitFor(
      () => (started.includes('started') ? { done: true, value: true } : { done: false, evidence: started.join() }),
      { what: 'the policy to start it again', deadlineMs: 20_000 },
    );
    expect(await crashing.state()).toMatchObject({ word: 'running', restarts: 1 });
    await crashing.exec(['pkill', '-KILL', '-x', 'sleep']);
    await waitFor(
      async () => {
        const { word, restarts } = await crashing.state();
        return word === 'exited' && restarts === 1
          ? { done: true, value: true }
          : { done: false, evidence: `${word}, ${restarts} restarts` };
      },
      { what: 'the policy to give up', deadlineMs: 20_000 },
    );
    stop();
    await crashing.remove();
  });

  it('says why a container cannot be started', async () => {
    const dies = network.create({
      name: 'web-2',
      image,
      command: ['/no/such/program'],
      env: {},
      files: [],
      publish: [],
      systemd: false,
      init: false,
    });
    await expect(dies).rejects.toMatchObject({
      code: 'boot-failed',
      message: expect.stringMatching(/web-2.*no such file/) as string,
    });
  });

  it('boots a node under systemd with these flags, and sees processes of others', async () => {
    const { systemd, ptrace } = await tryNode(runtime, quiet);
    expect(systemd).toMatchObject({ ok: true });
    expect(ptrace).toMatchObject({ ok: true });
  });

  it('sweeps what a dead run left, and nothing of the living', async () => {
    const dead = `${runId}-dead`;
    const [deadOwner, ownRun] = [await ownerOfTheDead(), await leftBehindBy(runtime, runId)];
    const labels = { ...labelsOf(dead, 'release', 'run'), [LABEL.owner]: deadOwner };
    const kept = { ...labels, [LABEL.run]: `${dead}-kept`, [LABEL.kind]: 'kept' };
    await docker().createNetwork({ Name: dead, Labels: labels });
    const container = { Image: image, Cmd: ['sleep', '600'], HostConfig: { NetworkMode: dead } };
    await (await docker().createContainer({ ...container, name: dead, Labels: labels })).start();
    const keptNetwork = await docker().createNetwork({ Name: `${dead}-kept`, Labels: kept });
    try {
      const said: string[] = [];
      await expect(sweepDead(runtime, (line) => said.push(line), 'results')).resolves.toEqual([]);
      expect(said.join('\n')).toContain(`container ${dead}`);
      expect(await leftBehindBy(runtime, dead)).toEqual([]);
      expect(await leftBehindBy(runtime, `${dead}-kept`)).toEqual([`network ${dead}-kept`]);
      expect(await leftBehindBy(runtime, runId)).toEqual(ownRun);
    } finally {
      await keptNetwork.remove();
    }
  });

  it('leaves nothing when the network is removed, with containers in the making too', async () => {
    const other = await runtime.createNetwork(runId, 'going', 'run');
    const spec = { image, command: ['sleep', '600'], env: {}, files: [], publish: [], systemd: false, init: true };
    const making = [1, 2, 3].map((n) => other.create({ ...spec, name: `web-${n}` }));
    await Promise.all([other.remove(), Promise.allSettled(making)]);
    expect((await leftBehindBy(runtime, runId)).filter((text) => text.includes('going'))).toEqual([]);
    await expect(other.create({ ...spec, name: 'late' })).rejects.toThrow(/being removed/);
    // Removing what is gone already is no error.
    for (const made of await Promise.allSettled(making)) if (made.status === 'fulfilled') await made.value.remove();
  });
});

function docker(): Dockerode {
  return new Dockerode(findEndpoint().options);
}

async function addressOf(container: Container): Promise<string> {
  const { stdout } = await container.exec(['hostname', '-I']);
  return stdout.trim();
}

/** The owner label of a process that really was, and is no more. */
async function ownerOfTheDead(): Promise<string> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  const pid = child.pid!;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return formatOwner({ ...ownOwner(), pid, start });
}

function fetchText(host: string, port: number): Promise<{ readonly ok: boolean; readonly text: string }> {
  return new Promise((resolve) => {
    const request = get({ host, port, agent: false, timeout: 2_000 }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ ok: response.statusCode === 200, text }));
      response.on('error', (error) => resolve({ ok: false, text: error.message }));
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', (error) => resolve({ ok: false, text: error.message }));
  });
}
