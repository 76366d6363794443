// The behaviour of bluepill and systemd that the flagship and the controls stand on, on the real engine: the memory
// policy, the foreground trap, the hot deployment that hides it, a supervisor that gives up, one that is dead.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../harness/core/clock.js';
import { messageOf } from '../../harness/core/errors.js';
import type { Node } from '../../harness/tier/plugins.js';
import { hot } from '../../harness/tier/deploys/hot.js';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import type { Runtime, TierNetwork } from '../../harness/tier/runtime/runtime.js';
import { answerOfAnother, ask, boot, BOOT_DEADLINE_MS, pidsOf, processOf, specOf, Witness } from './single-node.js';

const connected = await connectDocker().catch((error: unknown) => messageOf(error));
if (typeof connected === 'string' && !process.env['REMUSTER_ALLOW_NO_ENGINE']) throw new Error(connected);
const why = typeof connected === 'string' ? ` (skipped: ${connected})` : '';
const runtime = connected as Runtime;

const MIB = 1024 ** 2;
const SETTLE_MS = 20_000;
const never = new AbortController().signal;
const quickBluepill = { kind: 'bluepill', startGrace: '1s', stopGrace: '1s' } as const;

describe.skipIf(why !== '')(`traps${why}`, () => {
  const witnesses: Witness[] = [];
  let network: TierNetwork;
  let nodes = 0;

  const start = async (wanted: Parameters<typeof specOf>[0]) => {
    const booted = await boot(runtime, network, `web-${(nodes += 1)}`, specOf(wanted));
    const witness = await Witness.of(booted.node);
    witnesses.push(witness);
    const { generation } = await answerOfAnother(booted.node, [], BOOT_DEADLINE_MS);
    const tracked = ({ states }: Witness): boolean =>
      states.at(-1)?.state === 'running' && pidsOf(generation).includes(states.at(-1)?.trackedPid ?? 0);
    await witness.until('the supervisor to track who answers', SETTLE_MS, tracked);
    return { ...booted, witness, master: witness.states.at(-1)!.trackedPid! };
  };

  beforeAll(async () => {
    network = await runtime.createNetwork(`traps-test-${process.pid}-${Date.now().toString(36)}`, 'traps', 'run');
  });
  afterAll(async () => {
    await Promise.all(witnesses.map((witness) => witness.stop()));
    await network.remove();
  });

  it('bluepill restarts a server over its memory limit, and says with which numbers', async () => {
    const supervisor = { ...quickBluepill, memoryLimit: '100MiB' };
    const { app, node, witness, master } = await start({ supervisor, server: { kind: 'unicorn', workers: 2 } });
    await app.grow!(node, 90 * MIB, never);
    await witness.until('the policy to act', SETTLE_MS, ({ said }) =>
      said.some(({ means }) => means?.action === 'restart-by-policy'),
    );
    const acted = witness.said.find(({ means }) => means?.action === 'restart-by-policy');
    expect(acted).toMatchObject({
      line: 'mem_usage dispatched: restart',
      means: { policy: 'memory', detail: expect.stringMatching(/^1\d\d of 100 MiB$/) as string },
    });
    const { generation } = await answerOfAnother(node, [master], SETTLE_MS);
    await witness.settled(pidsOf(generation)[1]!, SETTLE_MS);
    expect(witness.states.map(({ word }) => word)).toContain('restarting');
  });

  it('a server in the foreground under bluepill blocks after 64 KiB of output, and bluepill still says up', async () => {
    const { node, witness, master } = await start({
      supervisor: quickBluepill,
      server: { kind: 'unicorn', workers: 1, daemonize: false },
      app: { serviceMs: 0, logBytes: 8_000 },
    });
    const complaint = witness.said.find(({ means }) => means?.action === 'configuration');
    expect(complaint?.line).toBe('Did you forget to tell bluepill to daemonize this process?');
    let answered = 0;
    while (answered < 20 && (await ask(node, '/'))?.status === 200) answered += 1;
    // A pipe holds 64 KiB; pipe(7).
    expect(answered).toBeGreaterThanOrEqual(7);
    expect(answered).toBeLessThanOrEqual(9);
    expect(await ask(node)).toBeUndefined();
    expect(await connects(node)).toBe(true);
    expect(await node.supervisor.status(node)).toMatchObject({ state: 'running', word: 'up', trackedPid: master });
  });

  it('a hot deployment keeps the old arguments: the new start command is not run, and all is green', async () => {
    const daemon = { supervisor: quickBluepill, server: { kind: 'unicorn', workers: 2, daemonize: true } } as const;
    const release = { ...daemon, server: { ...daemon.server, daemonize: false } };
    const { node, witness, master, server, supervisor } = await start(daemon);
    const before = await processOf(node, master);
    const said = await hot.apply(node, specOf(daemon), specOf(release), hot.options.parse({}), never);
    const { state, trackedPid } = await supervisor.status(node);
    expect(state).toBe('running');
    expect(said).toContain(`pid ${master} handed over to pid ${trackedPid ?? 0}`);
    const after = await processOf(node, trackedPid!);
    expect(after.title).toBe(before.title);
    expect(after.title).toContain(' -D ');
    expect(await node.container.readFile('/etc/bluepill/shop.pill')).not.toContain(' -D ');
    expect((await answerOfAnother(node, [master], SETTLE_MS)).status).toBe(200);
    // What differs between a process that was deployed so and the same one started cold changes by nature.
    const names = Object.keys({ ...before.env, ...after.env }).filter((name) => before.env[name] !== after.env[name]);
    expect(names.filter((name) => !server.volatileEnv.includes(name))).toEqual([]);
    await witness.settled(trackedPid!, SETTLE_MS);
    expect(witness.said.map(({ means }) => means?.action)).not.toContain('stop');
  });

  it('a bluepill that died is unreachable, and its server serves on', async () => {
    const { node, witness } = await start({ supervisor: quickBluepill, server: { kind: 'puma' } });
    await node.container.exec(['pkill', '-KILL', '-f', '^bluepilld']);
    await witness.until('bluepill to be missed', 5_000, ({ states }) => states.at(-1)?.state === 'unreachable');
    expect(await node.supervisor.status(node)).toMatchObject({ state: 'unreachable', trackedPid: null });
    expect((await ask(node))?.status).toBe(200);
  });

  it('a systemd whose starts are used up gives up, and says so', async () => {
    const supervisor = { kind: 'systemd', startLimitBurst: 1, startLimitInterval: '10m' } as const;
    const { node, witness, master } = await start({ supervisor, server: { kind: 'puma' } });
    await node.container.exec(['kill', '-KILL', String(master)]);
    await witness.until('systemd to give up', SETTLE_MS, ({ states }) => states.at(-1)?.state === 'failed');
    await witness.until('systemd to say so', 5_000, ({ said }) =>
      said.some(({ means }) => means?.action === 'gave-up'),
    );
    expect(await ask(node)).toBeUndefined();
  });

  it('a bluepill that finds its server flapping gives up when its budget is used up, and says so', async () => {
    const supervisor = { ...quickBluepill, flapping: { times: 3, within: '10m', retryIn: '0s' } };
    const booted = await start({ supervisor, server: { kind: 'puma' } });
    const { node, witness, master } = booted;
    const { budget } = booted.supervisor.promise(booted.supervisorOptions);
    let last = master;
    for (let restart = 1; restart <= budget!.restarts; restart += 1) {
      await node.container.exec(['kill', '-KILL', String(last)]);
      const { generation } = await answerOfAnother(node, [last], SETTLE_MS);
      last = pidsOf(generation)[0]!;
      await witness.settled(last, SETTLE_MS);
    }
    await node.container.exec(['kill', '-KILL', String(last)]);
    await witness.until('bluepill to give up', SETTLE_MS, ({ states }) => states.at(-1)?.word === budget!.thenState);
    await witness.until('bluepill to say so', 5_000, ({ said }) =>
      said.some(({ means }) => means?.action === 'gave-up'),
    );
    expect(await ask(node)).toBeUndefined();
  });

  it('a daemon under systemd that waits for a foreground process: an orphan answers, systemd has given up', async () => {
    const supervisor = { kind: 'systemd', killMode: 'process', restart: 'on-failure' } as const;
    const spec = specOf({ supervisor, server: { kind: 'unicorn', workers: 1, daemonize: true } });
    const { node } = await boot(runtime, network, `web-${(nodes += 1)}`, spec);
    await answerOfAnother(node, [], BOOT_DEADLINE_MS);
    const status = await waitFor(
      async () => {
        const seen = await node.supervisor.status(node);
        const over = seen.state === 'stopped' || seen.state === 'failed';
        return over ? { done: true, value: seen } : { done: false, evidence: seen.raw };
      },
      { what: 'systemd to lose the server', deadlineMs: SETTLE_MS },
    );
    expect(status.trackedPid).toBeNull();
    expect((await ask(node))?.status).toBe(200);
  });
});

/** Does the listener take connections, seen from inside the node? The engine's port proxy would always. */
async function connects(node: Node): Promise<boolean> {
  const { exitCode } = await node.container.exec(['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${node.service.port}`]);
  return exitCode === 0;
}
