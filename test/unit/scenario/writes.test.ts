// Who asks for writes must say how to write, or have an application that does: what the plan holds then, and what is said.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadExplained } from '../../../harness/commands/load-explained.js';
import { EXIT, HarnessError } from '../../../harness/core/errors.js';
import type { Plan } from '../../../harness/plan/plan.js';
import { allPlugIns } from '../../../harness/scenario/all-plug-ins.js';

const folder = mkdtempSync(join(tmpdir(), 'remuster-writes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OWN = `writes:
  every: 50ms
  write: { method: PUT, path: '/orders/{id}' }
  read: '/orders/{id}'
`;

const scenario = (server: string, writes: string): string => `name: mine
app: shop
nodes: 2
environments:
  one: { supervisor: systemd, server: ${server} }
load:
  stages: [{ users: 5 }]
rounds:
  - { fault: kill, target: one }
${writes}`;

async function planOf(server: string, writes: string): Promise<Plan> {
  writeFileSync(join(folder, 'mine.yaml'), scenario(server, writes));
  const [explained] = await loadExplained('mine.yaml', {}, { env: {}, cwd: folder }, allPlugIns);
  return explained!.plan;
}

async function complaint(server: string, writes: string): Promise<readonly string[]> {
  try {
    await planOf(server, writes);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    expect(error.exitCode).toBe(EXIT.invalid);
    return error.message.split('\n');
  }
  throw new Error('nobody complained');
}

test.each(['unicorn', 'gunicorn', 'node'])('the shop says by itself how it is written to, with %s', async (server) => {
  expect((await planOf(server, 'writes: true\n')).writes).toEqual({
    everyMs: 100,
    write: { method: 'POST', path: '/cart', headers: {}, body: '{id}' },
    read: { path: '/cart', headers: {} },
  });
});

test('a scenario may say it itself, and need not', async () => {
  expect((await planOf('unicorn', OWN)).writes).toEqual({
    everyMs: 50,
    write: { method: 'PUT', path: '/orders/{id}', headers: {}, body: '' },
    read: { path: '/orders/{id}', headers: {} },
  });
  expect((await planOf('unicorn', 'writes: false\n')).writes).toBeUndefined();
  expect((await planOf('unicorn', '')).writes).toBeUndefined();
});

test('a server that only sends files keeps nothing', async () => {
  expect(await complaint('nginx', 'writes: true\n')).toEqual([
    'mine.yaml:10:1  writes: shop with nginx (one) does not say how; give both write and read',
  ]);
  await expect(planOf('nginx', OWN)).resolves.toHaveProperty('writes.everyMs', 50);
});

test('neither a yes nor a way to write', async () => {
  expect(await complaint('unicorn', 'writes: often\n')).toEqual([
    'mine.yaml:10:1  writes: "often" is not true or false or a group of keys',
  ]);
});

test('writes that could not be told from each other, no pause between them, a misspelt key', async () => {
  expect(await complaint('unicorn', OWN.replace('/orders/{id}', '/orders'))).toEqual([
    'mine.yaml:12:3  writes.write: needs "{id}" in its path or its body: it stands for what is written',
  ]);
  expect(await complaint('unicorn', OWN.replace('50ms', '0ms'))).toEqual([
    `mine.yaml:11:3  writes.every: "0ms" is not a duration above 0; write it like '500ms', '10s' or '2m'`,
  ]);
  expect(await complaint('unicorn', OWN.replace('read:', 'reed:'))).toEqual([
    'mine.yaml:13:3  writes.reed: "reed" is not a key of writes',
    '  known: every, read, write     did you mean read?',
  ]);
});
