// A service of the user's own beside the nodes: where its image comes from, when it is ready, and what is refused.
import { describe, expect, test } from 'vitest';
import { loadExplained } from '../../../../harness/commands/load-explained.js';
import { allPlugIns } from '../../../../harness/scenario/all-plug-ins.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../../../harness/core/errors.js';
import { own } from '../../../../harness/tier/dependencies/own.js';

async function planned(service: string): Promise<unknown> {
  const cwd = mkdtempSync(join(tmpdir(), 'remuster-services-'));
  try {
    writeFileSync(
      join(cwd, 'mine.yaml'),
      `name: mine
nodes: 1
node: { image: shop, port: 80 }
environments: { only: { supervisor: docker } }
services:
  cache: ${service}
load: { stages: [{ users: 1 }] }
rounds: [{ fault: kill, target: one }]
`,
    );
    const [first] = await loadExplained('mine.yaml', {}, { env: {}, cwd }, allPlugIns);
    return own.image(own.options.parse(first?.plan.services['cache']?.options));
  } catch (error) {
    return messageOf(error);
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

test.each([
  ["{ image: 'redis:7' }", { kind: 'image', image: 'redis:7' }],
  ['{ build: ./cache }', { kind: 'build', folder: 'cache', dockerfile: 'Dockerfile', args: {} }],
  [
    "{ build: { context: ./cache, dockerfile: Cachefile, args: { V: '7' }, target: slim } }",
    { kind: 'build', folder: 'cache', dockerfile: 'Cachefile', args: { V: '7' }, target: 'slim' },
  ],
  ['{ package: redis-server, command: [redis-server] }', { kind: 'package', package: 'redis-server' }],
])('%s', async (service, image) => {
  expect(await planned(service)).toEqual(image);
});

test.each([
  ['{ image: a, build: ./b }', 'needs one of image, build and package'],
  ['{ package: redis-server }', 'a package needs a command'],
  ["{ package: 'redis server', command: [x] }", 'is not the name of a package of Debian'],
  ['{ build: { context: ./b, dockerfil: x } }', 'did you mean dockerfile?'],
])('%s is refused: %s', async (service, why) => {
  expect(await planned(service)).toContain(why);
});

describe('it is ready', () => {
  const readyOf = (options: object) => own.ready(own.options.parse({ image: 'x', ...options }));
  test('when it runs, when its port is listened on, or when its own command says so', () => {
    expect(readyOf({})).toBeNull();
    expect(readyOf({ port: 6379 })?.join(' ')).toContain(':18EB ');
    expect(readyOf({ port: 6379, ready: ['redis-cli', 'ping'] })).toEqual(['redis-cli', 'ping']);
  });
});
