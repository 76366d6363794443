// Questions to a holder over a real socket: lines, answers, errors, and somebody who leaves; and what is known of tiers.
import { mkdtempSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.js';
import {
  claim,
  forget,
  heldTier,
  heldTiers,
  isHeld,
  save,
  socketOf,
  type HeldTier,
} from '../../../harness/hold/state.js';
import { ask, serveQuestions } from '../../../harness/hold/wire.js';
import { formatOwner, ownOwner } from '../../../harness/tier/runtime/owner.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'remuster-hold-'));

it('lines come while it works, then the answer', async () => {
  const path = join(folder(), 's');
  const server = await serveQuestions(path, (question, tell) => {
    tell('on it');
    return Promise.resolve({ words: question.do });
  });
  const lines: string[] = [];
  expect(await ask(path, { do: 'load', level: 5 }, (line) => lines.push(line))).toEqual({ words: 'load' });
  expect(lines).toEqual(['on it']);
  server.close();
});

it('an error keeps its code and its way out', async () => {
  const path = join(folder(), 's');
  const server = await serveQuestions(path, () => {
    throw new HarnessError('usage', '"web-9" is not a node', { hint: 'known: web-1' });
  });
  await expect(ask(path, { do: 'status' }, () => undefined)).rejects.toMatchObject({
    code: 'usage',
    hint: 'known: web-1',
  });
  server.close();
});

it('whoever holds it hears that the one who asked has gone', async () => {
  const path = join(folder(), 's');
  let heard: (value: string) => void = () => undefined;
  const left = new Promise<string>((resolve) => (heard = resolve));
  const server = await serveQuestions(path, (_, tell, gone) => {
    gone.addEventListener('abort', () => heard('gone'));
    tell('on it');
    return new Promise(() => undefined);
  });
  const asking = createConnection(path, () => asking.write('{"do":"status"}\n'));
  asking.once('data', () => asking.destroy());
  expect(await left).toBe('gone');
  server.close();
});

it('an end while it answers: the answer still comes', async () => {
  const path = join(folder(), 's');
  const server = await serveQuestions(path, () => {
    server.close();
    return Promise.resolve({ text: 'the last words' });
  });
  expect(await ask(path, { do: 'logs', node: 'web-1', lines: 1 }, () => undefined)).toEqual({ text: 'the last words' });
});

it('nobody there: said as what it is', async () => {
  await expect(ask(join(folder(), 'none'), { do: 'status' }, () => undefined)).rejects.toThrow('does not answer');
});

const tier = (name: string, more: Partial<HeldTier> = {}): HeldTier => ({
  ...{ schemaVersion: 1, name, state: 'up', scenario: 's', file: 's.yaml', cwd: '/', environment: 'e', out: '/r' },
  ...{ runId: `run-${name}`, startedAt: new Date().toISOString(), forMs: 1_000 },
  ...more,
});

it('the only tier needs no name; of two it does, and the nearest is told', () => {
  const env = { XDG_STATE_HOME: folder() };
  expect(() => heldTier(undefined, env)).toThrow('no tier is held here');
  claim(tier('shop'), env);
  expect(heldTier(undefined, env).name).toBe('shop');
  claim(tier('other'), env);
  expect(() => heldTier(undefined, env)).toThrow('2 tiers are held here');
  expect(() => heldTier('shopp', env)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('shop?') as string }),
  );
  expect(() => claim(tier('shop'), env)).toThrow('held already');
  forget('shop', env);
  expect(heldTiers(env).map(({ name }) => name)).toEqual(['other']);
});

it('knows whether its holder lives', () => {
  const env = { XDG_STATE_HOME: folder() };
  claim(tier('mine'), env);
  save(tier('mine', { owner: formatOwner(ownOwner()) }), env);
  expect(isHeld(heldTier('mine', env))).toBe(true);
  expect(isHeld(tier('dead', { owner: formatOwner({ ...ownOwner(), start: '1' }) }))).toBe(false);
  expect(isHeld(tier('never', { startedAt: '2020-01-01T00:00:00Z' }))).toBe(false);
});

it('a long state folder still gets a socket that fits', () => {
  const path = socketOf('shop', { XDG_STATE_HOME: `/${'x'.repeat(120)}` });
  expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107);
});
