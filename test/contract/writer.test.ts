// What the writer promises, on a real server that is killed in between and loses, or keeps, what it had accepted.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, expect, it } from 'vitest';
import { waitFor } from '../../harness/core/clock.js';
import { startWriter, type Writer } from '../../harness/observe/writer/writer.js';
import type { WritesPlan } from '../../harness/plan/plan.js';
import type { JournalEvent, ObservedEvent } from '../../harness/record/events.js';
import { Writes, type NodeWrites } from '../../harness/verdict/writes.js';

const HOST = '127.0.0.1';
const WAIT_MS = 30_000;

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
  readonly observe = (event: ObservedEvent): void => void this.events.push({ atMs: 0, ...event });

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
    await writer?.readBack();
    return this.#judged();
  }
}

afterEach(async () => {
  await writer?.stop();
  for (const child of children.splice(0)) await kill(child);
});

async function restarted(writes: WritesPlan, file: string): Promise<NodeWrites> {
  const told = new Told();
  const { port, child } = await serve(0, file);
  writer = startWriter([{ node: 'web-1', host: HOST, port }], writes, told.observe);
  await told.atLeast(50);
  await kill(child);
  const before = told.acknowledged();
  await serve(port, file);
  await told.atLeast(before + 30);
  return told.end();
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
])('finds all that a server kept, read as %s, and does not count what was not answered', async (_how, writes) => {
  const { acknowledged, unknown, lost, readBack } = await restarted(writes, kept());
  expect(lost).toEqual([]);
  expect(unknown).toBeGreaterThanOrEqual(Math.floor(acknowledged.size / 10));
  expect(readBack).toMatchObject({ ok: true, twice: [] });
});

it.each([
  ['a list', BY_BODY],
  ['one by one', BY_PATH],
])('finds what a server lost, read as %s', async (_how, writes) => {
  const { acknowledged, lost } = await restarted(writes, '');
  expect(lost?.length).toBeGreaterThanOrEqual(50);
  expect(lost?.length).toBeLessThan(acknowledged.size);
});

it('says of a server that is gone that nothing is known', async () => {
  const told = new Told();
  const { port, child } = await serve(0, '');
  writer = startWriter([{ node: 'web-1', host: HOST, port }], BY_BODY, told.observe);
  await told.atLeast(10);
  await kill(child);
  const { lost, readBack } = await told.end();
  expect(lost).toBeUndefined();
  expect(readBack).toMatchObject({ ok: false, evidence: expect.stringContaining('ECONNREFUSED') as string });
});
