// The sample application on the real engine: what it accepts it keeps, its knobs do what they say, and its rigs spoil
// what they are for.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../harness/core/clock.js';
import { messageOf } from '../../harness/core/errors.js';
import type { Node } from '../../harness/tier/plugins.js';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import type { Runtime, TierNetwork } from '../../harness/tier/runtime/runtime.js';
import { answerOfAnother, ask, boot, BOOT_DEADLINE_MS, pidsOf, processOf, specOf } from './single-node.js';

const connected = await connectDocker().catch((error: unknown) => messageOf(error));
if (typeof connected === 'string' && !process.env['REMUSTER_ALLOW_NO_ENGINE']) throw new Error(connected);
const why = typeof connected === 'string' ? ` (skipped: ${connected})` : '';
const runtime = connected as Runtime;

const MIB = 1024 ** 2;
const RETURN_MS = 20_000;

describe.skipIf(why !== '')(`shop${why}`, () => {
  let network: TierNetwork;
  let nodes = 0;

  const start = async (app: Readonly<Record<string, unknown>>, server: 'puma' | 'unicorn' = 'puma') => {
    const choice = server === 'puma' ? { kind: server } : { kind: server, workers: 1 };
    const spec = specOf({ supervisor: { kind: 'systemd', startLimitBurst: 0 }, server: choice, app });
    const booted = await boot(runtime, network, `web-${(nodes += 1)}`, spec);
    const first = await answerOfAnother(booted.node, [], BOOT_DEADLINE_MS);
    const { trackedPid } = await booted.supervisor.status(booted.node);
    return { ...booted, first, master: trackedPid! };
  };
  const killed = async (node: Node, pid: number) => {
    await node.container.exec(['kill', '-KILL', String(pid)]);
    const { generation } = await answerOfAnother(node, [pid], RETURN_MS);
    return pidsOf(generation)[0]!;
  };

  beforeAll(async () => {
    network = await runtime.createNetwork(`shop-test-${process.pid}-${Date.now().toString(36)}`, 'shop', 'run');
  });
  afterAll(async () => network.remove());

  it('loses nothing that its cart has accepted, killed in the middle of it', async () => {
    const { node, master } = await start({ serviceMs: 0 });
    const accepted: string[] = [];
    let over = false;
    const customers = [1, 2, 3, 4].map(async (customer) => {
      for (let item = 0; !over; item += 1) {
        const name = `${customer}.${item}`;
        const answer = await ask(node, '/cart', name);
        if (answer?.status === 201) accepted.push(name);
      }
    });
    try {
      await waitFor(
        () => (accepted.length > 20 ? { done: true, value: true } : { done: false, evidence: `${accepted.length}` }),
        { what: 'some items to be accepted', deadlineMs: RETURN_MS },
      );
      await killed(node, master);
    } finally {
      over = true;
      await Promise.all(customers);
    }
    const kept = JSON.parse((await ask(node, '/cart'))!.body) as string[];
    expect(kept).toEqual(expect.arrayContaining(accepted));
    expect(new Set(kept).size).toBe(kept.length);
  });

  it('names who answers as /proc does, and writes down its first answers', async () => {
    const { node, first } = await start({}, 'unicorn');
    const [own = '', parent = ''] = first.generation.split('/');
    for (const key of [own, parent]) expect(await keyOf(node, Number(key.split('.')[0]))).toBe(key);
    const lines = (await node.container.readFile('/var/log/shop/first-answers.log')).trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toEqual({
      at_wall_ms: expect.any(Number) as number,
      key: own,
      pid: Number(own.split('.')[0]),
    });
    expect(Math.abs((JSON.parse(lines[0]!) as { at_wall_ms: number }).at_wall_ms - Date.now())).toBeLessThan(30_000);
  });

  it('keeps memory for each request, and sheds it while nobody asks', async () => {
    const { app, node, master } = await start({ serviceMs: 0, keepKib: 1024, keepFor: '2s' });
    const idle = await residentMib(node, master);
    await Promise.all(Array.from({ length: 40 }, () => ask(node, '/')));
    expect((await residentMib(node, master)) - idle).toBeGreaterThan(30);
    await waitFor(
      async () => {
        const grown = (await residentMib(node, master)) - idle;
        return grown < 10 ? { done: true, value: grown } : { done: false, evidence: `${grown} MiB above idle` };
      },
      { what: 'the memory to be given back', deadlineMs: RETURN_MS, everyMs: 200 },
    );
    const before = await residentMib(node, master);
    const said = await app.grow!(node, 60 * MIB, new AbortController().signal);
    expect(said).toBe(`kept 60 MiB more in pid ${master}`);
    expect(await residentMib(node, master)).toBeGreaterThanOrEqual(before + 58);
  });

  it('writes a line of the asked length for each request, none for a look at its health', async () => {
    const { node } = await start({ serviceMs: 0, logBytes: 400 });
    await ask(node, '/search?q=shoes');
    await ask(node, '/health');
    await ask(node, '/');
    const lines = await waitFor(
      async () => {
        const { stdout } = await node.container.exec(['journalctl', '-u', 'web', '-o', 'cat']);
        const found = stdout.split('\n').filter((line) => line.startsWith('{'));
        return found.length >= 2 ? { done: true, value: found } : { done: false, evidence: stdout };
      },
      { what: 'two lines in the journal', deadlineMs: 5_000 },
    );
    expect(lines.map((line) => (JSON.parse(line) as { path: string }).path)).toEqual(['/search', '/']);
    for (const line of lines) expect(Math.abs(line.length - 400)).toBeLessThanOrEqual(10);
  });

  it('falls sick after so many requests, and takes its time to boot and to leave', async () => {
    const { node, master } = await start(
      { serviceMs: 0, sickAfterRequests: 3, bootTime: '1500ms', drainTime: '1500ms' },
      'unicorn',
    );
    const statuses: (number | undefined)[] = [];
    for (let request = 0; request < 5; request += 1) statuses.push((await ask(node, '/'))?.status);
    expect(statuses).toEqual([200, 200, 200, 500, 500]);
    expect((await ask(node))?.status).toBe(500);
    const startedAt = performance.now();
    await node.supervisor.restart(node);
    await answerOfAnother(node, [master], RETURN_MS);
    expect(performance.now() - startedAt).toBeGreaterThan(3_000);
  });

  it('rigged, comes back changed', async () => {
    const { node, master } = await start({ rig: 'drift-on-restart' });
    const before = await processOf(node, master);
    const after = await processOf(node, await killed(node, master));
    expect([before.env['SHOP_SERVICE_MS'], after.env['SHOP_SERVICE_MS']]).toEqual(['20', '21']);
    expect([before.openFiles, after.openFiles]).toEqual(['1024', '256']);
    expect(after.title).toBe(before.title);
  });

  it('rigged, leaves a copy behind that looks like it and is nobody’s child', async () => {
    const { node, master } = await start({ rig: 'copy-left-behind' });
    const next = await killed(node, master);
    const { title } = await processOf(node, next);
    await waitFor(
      async () => {
        const { stdout } = await node.container.exec(['ps', '-u', 'www-data', '-o', 'ppid=,args=']);
        const alike = stdout
          .trim()
          .split('\n')
          .filter((line) => line.trim() === `1 ${title}`);
        return alike.length === 2 ? { done: true, value: true } : { done: false, evidence: stdout };
      },
      { what: 'two processes that look alike', deadlineMs: RETURN_MS },
    );
  });

  it('rigged, never comes back', async () => {
    const { node, master, supervisor } = await start({ rig: 'never-back' });
    await node.container.exec(['kill', '-KILL', String(master)]);
    await waitFor(
      async () => {
        const { restarts = 0, raw } = await supervisor.status(node);
        return restarts > 3 ? { done: true, value: true } : { done: false, evidence: raw };
      },
      { what: 'systemd to try again and again', deadlineMs: RETURN_MS },
    );
    expect(await ask(node)).toBeUndefined();
  });
});

async function residentMib(node: Node, pid: number): Promise<number> {
  const { stdout } = await node.container.exec(['grep', 'VmRSS', `/proc/${pid}/status`]);
  return Number(stdout.split(/\s+/)[1]) / 1024;
}

/** As core/identity.ts says, from fields 22 and 26, 28, 48, 50 of proc(5). */
async function keyOf(node: Node, pid: number): Promise<string> {
  const { stdout } = await node.container.exec(['cat', `/proc/${pid}/stat`]);
  const fields = stdout.slice(stdout.lastIndexOf(')') + 2).split(' ');
  const exec = [26, 28, 48, 50].reduce((xor, field) => xor ^ BigInt(fields[field - 3]!), 0n) & 0xffffffffn;
  return `${pid}.${fields[19]!}.${exec.toString(36)}`;
}
