// What the writer promises, on a real server that is killed in between and loses, or keeps, what it had accepted.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, expect, it } from 'vitest';
import { monotonicMs, waitFor } from '../../harness/core/clock.js';
import { startWriter, type Writer } from '../../harness/observe/writer/writer.js';
import type { WritesPlan } from '../../harness/plan/load-plan.js';
import type { JournalEvent, ObservedEvent, ReadBackEvent } from '../../harness/record/events.js';
import { lostWrites, Writes, type NodeWrites } from '../../harness/verdict/writes.js';

const HOST = '127.0.0.1';
const WAIT_MS = 30_000;
const NEVER = new AbortController().signal;

/** Keeps carts in a file, if it is given one; else only as long as it lives. Every tenth write is kept and not answered. */
const SERVER = `
const fs = require('node:fs');
const [wanted, file] = process.argv.slice(1);
let items = file && fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\\n').filter(Boolean) : [];
let hits = 0;
const server = require('node:http').createServer((request, response) => {
  const [, , one] = request.url.split('/');
  if (request.method === 'GET') {
    if (!one) return response.end(JSON.stringify(items));
    return response.writeHead(items.includes(decodeURIComponent(one)) ? 200 : 404).end();
  }
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const item = one ? decodeURIComponent(one) : body;
    items.push(item);
    if (file) fs.appendFileSync(file, item + '\\n');
    if ((hits += 1) % 10 === 0) request.socket.destroy();
    else response.writeHead(201).end();
  });
});
const free = () => 20000 + Math.floor(Math.random() * 10000);
server.on('error', (error) => {
  if (wanted !== '0' || error.code !== 'EADDRINUSE') throw error;
  server.listen(free(), '${HOST}');
});
server.on('listening', () => console.log(server.address().port));
server.listen(wanted === '0' ? free() : Number(wanted), '${HOST}');
process.stdin.on('end', () => process.exit(0)).resume();
`;

const BY_BODY: WritesPlan = {
  everyMs: 20,
  write: { method: 'POST', path: '/cart', headers: { 'content-type': 'text/plain' }, body: '{id}' },
  read: { path: '/cart', headers: {} },
};
const BY_PATH: WritesPlan = {
  everyMs: 20,
  write: { method: 'PUT', path: '/cart/{id}', headers: {}, body: '' },
  read: { path: '/cart/{id}', headers: {} },
};

const children: ChildProcess[] = [];
let writer: Writer | undefined;

async function serve(port: number, file: string): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, ['-e', SERVER, String(port), file], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { port: Number(line), child };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

class Told {
  readonly events: JournalEvent[] = [];
  readonly observe = (event: ObservedEvent): void => void this.events.push({ atMs: monotonicMs(), ...event });

  acknowledged(): number {
    return this.#judged().acknowledged.size;
  }

  #judged(): NodeWrites {
    const writes = new Writes(['web-1']);
    for (const event of this.events) writes.step(event);
    return writes.finish()[0]!;
  }

  async atLeast(count: number): Promise<void> {
    await waitFor(
      () =>
        this.acknowledged() >= count
          ? { done: true, value: true }
          : { done: false, evidence: `${this.acknowledged()} writes` },
      { what: `${count} acknowledged writes`, deadlineMs: WAIT_MS },
    );
  }

  async end(): Promise<NodeWrites> {
    await writer?.readBack(NEVER);
    return this.#judged();
  }
}

afterEach(async () => {
  await writer?.stop();
  for (const child of children.splice(0)) await kill(child);
});

interface Result {
  readonly writes: NodeWrites;
  readonly last: ReadBackEvent | undefined;
  /** Numbers of acknowledged writes that the last reading lacks. */
  readonly lost: readonly number[];
}

function resultOf(writes: NodeWrites): Result {
  const last = writes.readBacks.at(-1);
  const lost = lostWrites({ ...writes, readBacks: last ? [last] : [] }, ({ atMs }) => atMs);
  return { writes, last, lost: lost.map(({ number }) => number) };
}

async function restarted(plan: WritesPlan, file: string): Promise<Result> {
  const told = new Told();
  const { port, child } = await serve(0, file);
  writer = startWriter([{ node: 'web-1', host: HOST, port }], plan, told.observe);
  await told.atLeast(50);
  await kill(child);
  const before = told.acknowledged();
  await serve(port, file);
  await told.atLeast(before + 30);
  return resultOf(await told.end());
}

const folder = mkdtempSync(join(tmpdir(), 'remuster-writer-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** A file of its own for each server. */
function kept(): string {
  files += 1;
  return join(folder, String(files));
}

it.each([
  ['a list', BY_BODY],
  ['one by one', BY_PATH],
])('finds all that a server kept, read as %s, and does not count what was not answered', async (_how, plan) => {
  const { writes, last, lost } = await restarted(plan, kept());
  expect(lost).toEqual([]);
  expect(writes.unknown).toBeGreaterThanOrEqual(Math.floor(writes.acknowledged.size / 10));
  expect(last).toMatchObject({ ok: true, after: 'rounds', twice: [] });
});

it.each([
  ['a list', BY_BODY],
  ['one by one', BY_PATH],
])('finds what a server lost, read as %s', async (_how, plan) => {
  const { writes, lost } = await restarted(plan, '');
  expect(lost.length).toBeGreaterThanOrEqual(50);
  expect(lost.length).toBeLessThan(writes.acknowledged.size);
});

it('reads a node after its restart, and goes on writing', async () => {
  const told = new Told();
  const { port, child } = await serve(0, '');
  writer = startWriter([{ node: 'web-1', host: HOST, port }], BY_BODY, told.observe);
  await told.atLeast(20);
  await kill(child);
  const before = told.acknowledged();
  await serve(port, '');
  await told.atLeast(before + 5);
  await writer.readAfterRestart(['web-1'], NEVER);
  const then = told.acknowledged();
  await told.atLeast(then + 20);
  const writes = await told.end();
  const [first, last] = writes.readBacks;
  expect(writes.readBacks.map(({ after }) => after)).toEqual(['restart', 'rounds']);
  const missing = lostWrites(writes, (readBack) => readBack.atMs).filter(({ missedMs }) => missedMs === first?.atMs);
  expect(missing.length).toBeGreaterThanOrEqual(20);
  // What was written after that reading is in the last one.
  expect(Math.max(...(last?.found.flat() ?? []))).toBeGreaterThan(Math.max(...(first?.found.flat() ?? [])));
});

it('says of a server that is gone that nothing is known', async () => {
  const told = new Told();
  const { port, child } = await serve(0, '');
  writer = startWriter([{ node: 'web-1', host: HOST, port }], BY_BODY, told.observe);
  await told.atLeast(10);
  await kill(child);
  const { last } = resultOf(await told.end());
  expect(last).toMatchObject({ ok: false, evidence: expect.stringContaining('ECONNREFUSED') as string });
});

it('does not wait for an answer when the run is called off', async () => {
  const told = new Told();
  const { port, child } = await serve(0, '');
  writer = startWriter([{ node: 'web-1', host: HOST, port }], BY_BODY, told.observe);
  await told.atLeast(1);
  await kill(child);
  const called = AbortSignal.abort(new Error('called off'));
  await expect(writer.readBack(called)).rejects.toThrow('called off');
});
