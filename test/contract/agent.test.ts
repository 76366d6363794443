// The agent on the real engine: a server of another user is seen fully, signals reach only whom they are meant for, and
// nothing of the agent stays in the node.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../harness/core/clock.js';
import { messageOf } from '../../harness/core/errors.js';
import { Agent } from '../../harness/observe/agent/agent.js';
import { takeSnapshot } from '../../harness/observe/agent/snapshot.js';
import { startEyes, type Eyes } from '../../harness/observe/agent/watch.js';
import type { CensusEvent, ObservedEvent } from '../../harness/record/events.js';
import type { Node } from '../../harness/tier/plugins.js';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import type { Container, Runtime, TierNetwork } from '../../harness/tier/runtime/runtime.js';
import { bluepill } from '../../harness/tier/supervisors/bluepill.js';

const connected = await connectDocker().catch((error: unknown) => messageOf(error));
if (typeof connected === 'string' && !process.env['REMUSTER_ALLOW_NO_ENGINE']) throw new Error(connected);
const why = typeof connected === 'string' ? ` (skipped: ${connected})` : '';

const WWW_DATA = 33;
const PORT = 8080;
const PID_FILE = '/srv/a pid file';
/** A master with two forked workers, in an environment that is awkward to read. */
const SERVER = `
require 'socket'
server = TCPServer.new('0.0.0.0', ${PORT})
File.write('${PID_FILE}', "#{Process.pid}\\n")
$0 = 'demo master --token tell-nobody'
2.times { fork { $0 = 'demo worker'; loop { server.accept.close } } }
Process.waitall
`;
const START = [
  'sh',
  '-c',
  'cd /srv && umask 027 && ulimit -n 777 && setsid ruby /srv/server.rb its arguments are longer than the title >/srv/log 2>&1 &',
];

describe.skipIf(why !== '').each(['bash', 'dash'])(`agent in %s${why}`, (shell) => {
  const runtime = connected as Runtime;
  let network: TierNetwork;
  let container: Container;
  const agents: Agent[] = [];
  const watches: Eyes[] = [];

  const start = async (): Promise<void> => {
    const env = 'env -i PATH=/usr/bin:/bin SECRET=hush LINES="one\ntwo @three" RACK_ENV=production';
    const line = `${env} ${START.map((word) => `'${word}'`).join(' ')}`;
    await container.exec(['sh', '-c', line], { user: 'www-data' });
  };
  const open = async (): Promise<Agent> => {
    const agent = await Agent.open(container, 'web-1');
    agents.push(agent);
    return agent;
  };
  const inPidFile = async (agent: Agent, file: string) =>
    waitFor(
      async () => {
        const { processes, pidInFile } = await agent.scan(file);
        const found = processes.find(({ pid }) => pid === pidInFile);
        return found ? { done: true, value: found } : { done: false, evidence: `pid file: ${String(pidInFile)}` };
      },
      { what: `the process of ${file}`, deadlineMs: 10_000 },
    );
  /** The server's processes, once all three are there and the listener is held by them. */
  const server = async (agent: Agent) =>
    waitFor(
      async () => {
        const scan = await agent.scan(PID_FILE);
        const pids = scan.processes.map((process) => process.pid);
        const { pids: holders } = await agent.holders(pids, await agent.listeners({ kind: 'port', port: PORT }));
        const own = scan.processes.filter((process) => holders.has(process.pid));
        const master = own.find((process) => process.pid === scan.pidInFile);
        if (master && own.length === 3) return { done: true, value: { master, own, scan } } as const;
        return { done: false, evidence: `${own.length} holders` } as const;
      },
      { what: 'the server', deadlineMs: 20_000 },
    );
  const shellsIn = async (): Promise<readonly string[]> => {
    const { stdout } = await container.exec(['ps', 'axo', 'pid=,args=']);
    return stdout.split('\n').filter((line) => line.includes('END.'));
  };

  beforeAll(async () => {
    network = await runtime.createNetwork(`agent-test-${process.pid}-${shell}`, 'release', 'run');
    container = await network.create({
      name: 'web-1',
      image: await runtime.ensureImage('node-ruby', () => undefined),
      command: ['sleep', 'infinity'],
      env: {},
      files: [
        { path: '/srv/server.rb', content: SERVER },
        { path: '/srv', directory: true, mode: 0o777 },
      ],
      publish: [],
      systemd: false,
      init: true,
    });
    if (shell === 'dash') await container.exec(['mv', '/usr/bin/bash', '/usr/bin/bash.away']);
    await start();
  });
  afterEach(async () => {
    for (const eyes of watches.splice(0)) await eyes.stop();
  });
  afterAll(async () => {
    for (const agent of agents) agent.end();
    await network.remove();
  });

  it('sees who holds the listener and what it was started with, though it is www-data', async () => {
    const agent = await open();
    const { master, own, scan } = await server(agent);
    expect(own.filter((process) => process.ppid === master.pid)).toHaveLength(2);
    expect(own.every((process) => process.key.endsWith(`.${master.key.split('.')[2] ?? ''}`))).toBe(true);
    expect(master.key).not.toMatch(/\.0$/);
    expect(scan.processes.map((process) => process.pid)).toContain(1);
    const people = await agent.who([master.pid]);
    expect(people.get(master.pid)).toEqual({ uid: WWW_DATA, argv: ['demo master --token tell-nobody'] });
    const taken = await takeSnapshot(agent, master.key, 'key of the run');
    expect(taken).toMatchObject({
      kind: 'taken',
      snapshot: { argv: ['demo master --token ***'], cwd: '/srv', uid: WWW_DATA, gid: WWW_DATA, umask: '0027' },
    });
    if (taken.kind !== 'taken') return;
    const { env, rlimits, cgroup } = taken.snapshot;
    expect(env['RACK_ENV']).toBe('text:production');
    expect(env['LINES']).toMatch(/^hash:/);
    expect(env['two @three']).toBeUndefined();
    expect(JSON.stringify(taken)).not.toMatch(/hush|tell-nobody/);
    expect(rlimits['open files']).toBe('777/777');
    expect(Object.keys(cgroup).join(' ')).toMatch(/memory|pids/);
  });

  it('does not take an environment that was overwritten for an empty one', async () => {
    const agent = await open();
    const program = '$0 = "x" * 300; File.write("/srv/titled", Process.pid.to_s); sleep';
    await container.exec(['sh', '-c', 'A=1 B=2 setsid ruby -e "$0" >/dev/null 2>&1 &', program], { user: 'www-data' });
    const process = await inPidFile(agent, '/srv/titled');
    expect(await takeSnapshot(agent, process.key, 'key')).toMatchObject({
      kind: 'unreadable',
      why: expect.stringMatching(/title over its environment/) as string,
    });
    await agent.signal(process.key, 'KILL');
  });

  it('misses no line of a process whose state changes while it is read', async () => {
    const agent = await open();
    const program = 'File.write("/srv/restless", Process.pid.to_s); 200_000.times { 200.times {}; sleep 0.00005 }';
    await container.exec(['sh', '-c', 'umask 027; setsid ruby -e "$0" >/dev/null 2>&1 &', program], {
      user: 'www-data',
    });
    const process = await inPidFile(agent, '/srv/restless');
    for (let look = 0; look < 100; look += 1) {
      expect(await takeSnapshot(agent, process.key, 'key')).toMatchObject({
        kind: 'taken',
        snapshot: { uid: WWW_DATA, gid: WWW_DATA, umask: '0027' },
      });
      expect((await agent.who([process.pid])).get(process.pid)?.uid).toBe(WWW_DATA);
    }
    await agent.signal(process.key, 'KILL');
  });

  it('is not misled by names and arguments', async () => {
    const agent = await open();
    const awkward = ['a) (b\nc) S 1', 'back\\cslash'];
    for (const name of awkward) {
      const file = `/srv/${name}`;
      await container.exec(['sh', '-c', 'cp /usr/bin/tail "$0"; setsid "$0" -f /dev/null @99 >/dev/null 2>&1 &', file]);
    }
    const named = await waitFor(
      async () => {
        const { processes } = await agent.scan();
        const people = await agent.who(processes.map((process) => process.pid));
        const found = [...people].filter(([, { argv }]) => argv[3] === '@99');
        if (found.length === awkward.length) return { done: true, value: found } as const;
        return { done: false, evidence: JSON.stringify([...people]) } as const;
      },
      { what: 'both processes', deadlineMs: 5_000 },
    );
    expect(named.map(([, { argv }]) => argv[0]).sort()).toEqual(awkward.map((name) => `/srv/${name}`).sort());
    const { processes } = await agent.scan();
    for (const [pid] of named) {
      const { key } = processes.find((process) => process.pid === pid) ?? { key: '' };
      expect(await agent.signal(key, 'KILL')).toBe(true);
    }
  });

  it('signals only the very process that is meant', async () => {
    const agent = await open();
    const { own, master } = await server(agent);
    const worker = own.find((process) => process.pid !== master.pid)!;
    expect(await agent.signal(`${worker.pid}.${worker.start + 1}.x`, 'KILL')).toBe(false);
    expect(await agent.signal('999999.1.x', 'KILL')).toBe(false);
    expect((await server(agent)).own.map((process) => process.key)).toContain(worker.key);
    expect(await agent.signal(worker.key, 'STOP')).toBe(true);
    await waitFor(
      async () => {
        const now = (await agent.scan()).processes.find((process) => process.key === worker.key);
        return now?.state === 'T' ? { done: true, value: now } : { done: false, evidence: now?.state ?? 'gone' };
      },
      { what: 'the worker to stop', deadlineMs: 5_000 },
    );
    expect(await agent.signal(worker.key, 'CONT')).toBe(true);
  });

  it('writes what happens to a killed master: its workers are left over, none of them takes its place', async () => {
    const { events, eyes, census } = await look(container, watches);
    const before = await census((event) => roles(event) === 'master worker worker');
    expect(before.pidFile?.pid).toBe(before.processes.find(({ role }) => role === 'master')?.pid);
    await expectEvent(events, (event) => event.kind === 'service' && event.snapshot !== null);
    const master = before.processes.find(({ role }) => role === 'master')!;
    eyes.tracked('web-1', master.pid);
    expect(await eyes.signal(master.key, 'KILL')).toBe(true);
    const left = await census((event) => !event.processes.some(({ key }) => key === master.key));
    expect(roles(left)).toBe('stray stray');
    expect(await eyes.signal(master.key, 'KILL')).toBe(false);
    for (const { key } of left.processes) expect(await eyes.signal(key, 'KILL')).toBe(true);
    await census((event) => event.processes.length === 0);
    await start();
    const after = await census((event) => roles(event).includes('master'));
    const next = after.processes.find(({ role }) => role === 'master')!;
    expect(master.key).not.toBe(next.key);
    const masters = events.flatMap((event) => (event.kind === 'census' ? event.processes : []));
    expect(new Set(masters.filter(({ role }) => role === 'master').map(({ key }) => key)).size).toBe(2);
    await eyes.stop();
    const lateness = events.find((event) => event.kind === 'lateness');
    expect(lateness).toMatchObject({ who: 'agent' });
    expect(events.some((event) => event.kind === 'sample' && event.memoryBytes > 1_000_000)).toBe(true);
  });

  it('says when it is blind, and sees again', async () => {
    const { events, census } = await look(container, watches);
    await census((event) => event.processes.length > 0);
    await container.exec(['sh', '-c', 'pkill -KILL -f END[.]']);
    await expectEvent(events, (event) => event.kind === 'blind' && event.state === 'lost');
    await expectEvent(events, (event) => event.kind === 'blind' && event.state === 'regained');
  });

  it('knows that a signal was taken by which the whole node ended, and the agent with it', async () => {
    const own = await network.create({
      name: 'web-2',
      image: await runtime.ensureImage('node-ruby', () => undefined),
      command: ['ruby', '/srv/server.rb'],
      env: {},
      files: [{ path: '/srv/server.rb', content: SERVER }],
      publish: [],
      systemd: false,
      init: true,
      restartPolicy: { name: 'always' },
    });
    const { eyes, census } = await look(own, watches);
    const killed: string[] = [];
    // Whether the agent comes to answer is a matter of microseconds: some of these it answers, some it does not.
    while (killed.length < 6) {
      const masters = (event: CensusEvent) =>
        event.processes.filter(({ role, key }) => role === 'master' && !killed.includes(key));
      const [master] = masters(await census((event) => masters(event).length > 0));
      killed.push(master!.key);
      expect(await eyes.signal(master!.key, 'KILL')).toBe(true);
    }
  });

  it('leaves no process behind when its standard input closes', async () => {
    await open();
    expect((await shellsIn()).length).toBeGreaterThan(0);
    for (const agent of agents.splice(0)) agent.end();
    await waitFor(
      async () => {
        const left = await shellsIn();
        return left.length === 0 ? { done: true, value: true } : { done: false, evidence: left.join(', ') };
      },
      { what: 'the shells to end', deadlineMs: 10_000 },
    );
  });
});

function roles(event: CensusEvent): string {
  return event.processes
    .filter(({ zombie }) => !zombie)
    .map(({ role }) => role)
    .sort()
    .join(' ');
}

async function look(container: Container, watches: Eyes[]) {
  const events: ObservedEvent[] = [];
  const service = { argv: ['/usr/bin/demo'], runningTitle: 'demo master', port: PORT, pidFile: PID_FILE };
  const node = { name: 'web-1', container, supervisor: bluepill, service } as unknown as Node;
  const eyes = await startEyes([node], WWW_DATA, 'key of the run', (event) => events.push(event));
  watches.push(eyes);
  const census = (match: (event: CensusEvent) => boolean): Promise<CensusEvent> =>
    waitFor(
      () => {
        const last = events.findLast((event) => event.kind === 'census') as CensusEvent | undefined;
        if (last && match(last)) return { done: true, value: last };
        return { done: false, evidence: JSON.stringify(last) };
      },
      { what: 'a census', deadlineMs: 20_000, everyMs: 10 },
    );
  return { events, eyes, census };
}

async function expectEvent(events: readonly ObservedEvent[], match: (event: ObservedEvent) => boolean): Promise<void> {
  await waitFor(
    () => (events.some(match) ? { done: true, value: true } : { done: false, evidence: JSON.stringify(events.at(-1)) }),
    { what: 'an event', deadlineMs: 10_000 },
  );
}
