// A node of the user's own, from the file to the plan, and every way in which it can be written wrongly.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LookInto } from '../../../harness/commands/detected.js';
import { loadExplained } from '../../../harness/commands/load-explained.js';
import { HarnessError } from '../../../harness/core/errors.js';
import type { Plan } from '../../../harness/plan/plan.js';
import { allPlugIns } from '../../../harness/scenario/all-plug-ins.js';
import { ownContextPaths } from '../../../harness/tier/images/own-context.js';
import { mountedFiles, ownContainer, ownService } from '../../../harness/tier/own-node.js';
import { docker } from '../../../harness/tier/supervisors/docker.js';
import { systemd } from '../../../harness/tier/supervisors/systemd.js';

const folder = mkdtempSync(join(tmpdir(), 'remuster-own-node-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OWN = `name: mine
nodes: 2
node:
  image: shop:1
  port: 8080
  health: /up
  mounts: ['conf/shop.conf:/etc/shop.conf:ro']
environments:
  release:
    supervisor: { kind: systemd, unit: shop }
  production:
    supervisor: docker
    node: { build: { context: ./web, args: { RUBY: '3.1' } }, memory: 512MiB, stop: { signal: QUIT } }
load:
  stages:
    - users: 5
rounds:
  - fault: kill
    target: each
`;

async function plansOf(text: string, detect?: LookInto): Promise<readonly Plan[]> {
  mkdirSync(join(folder, 'tests'), { recursive: true });
  writeFileSync(join(folder, 'tests', 'mine.yaml'), text);
  const io = { env: {}, cwd: folder, ...(detect ? { detect } : {}) };
  return (await loadExplained('tests/mine.yaml', {}, io, allPlugIns)).map(({ plan }) => plan);
}

async function complaint(text: string): Promise<string> {
  const error: unknown = await plansOf(text).catch((thrown: unknown) => thrown);
  if (error instanceof HarnessError) return error.message;
  throw new Error(`nobody complained: ${String(error)}`);
}

const nodeOf = (plan: Plan | undefined) => plan!.environment.node;

test("environments may differ in everything; paths count from the scenario's folder", async () => {
  const [release, production] = await plansOf(OWN);
  expect(nodeOf(release)).toMatchObject({
    supervisor: { kind: 'systemd', options: { unit: 'shop.service' } },
    server: { kind: 'own' },
    app: { kind: 'own' },
    own: {
      source: { kind: 'image', image: 'shop:1' },
      port: 8080,
      healthPath: '/up',
      mounts: [{ from: 'tests/conf/shop.conf', to: '/etc/shop.conf' }],
      stop: { signal: 'TERM', graceMs: 20_000 },
    },
  });
  expect(nodeOf(production).own).toMatchObject({
    source: { kind: 'build', folder: 'tests/web', dockerfile: 'Dockerfile', args: { RUBY: '3.1' } },
    port: 8080,
    memoryBytes: 512 * 1024 ** 2,
    stop: { signal: 'QUIT' },
  });
});

test('a server that is named adds its restart paths; nothing of it is configured', async () => {
  const [plan] = await plansOf(OWN.replace('unit: shop }', 'unit: shop }\n    server: { kind: puma, workers: 2 }'));
  expect(plan!.facts.paths.map(({ name }) => name)).toContain('phased');
  expect(plan!.facts.workers).toBe(2);
  expect(ownService(nodeOf(plan).own!, nodeOf(plan))).toMatchObject({ argv: [], port: 8080, isOwn: true });
});

test.each([
  ['no port', ['  port: 8080\n', ''], 'needs a port'],
  ['no source', ['  image: shop:1\n', ''], 'node: needs an image, or a build'],
  ['two sources', ['image: shop:1', 'image: shop:1\n  build: ./web'], 'has an image and a build'],
  ['a mount without a target', ['conf/shop.conf:/etc/shop.conf:ro', 'conf/shop.conf'], 'is not a mount'],
  ['a sample application', ['environments:', 'app: shop\nenvironments:'], 'is a sample application'],
  ['a unit that is none', ['unit: shop }', 'unit: "shop unit" }'], 'is not the name of a unit'],
  [
    'an own server without a node',
    ['supervisor: docker\n    node:', 'like: release\n    nodee:'],
    'did you mean node?',
  ],
])('%s', async (_, [from = '', to = ''], words) => {
  expect(await complaint(OWN.replace(from, to))).toContain(words);
});

test('a deployment over an own node is refused, and so is an own server on a sample node', async () => {
  const over = OWN.replace('supervisor: docker', 'supervisor: docker\n    deployedOver: { server: unicorn }');
  expect(await complaint(over)).toContain('is for sample nodes');
  const sample = OWN.replace(/node:\n(?: {2}.*\n)+?environments/, 'environments').replace(
    'unit: shop }',
    'unit: shop }\n    server: own',
  );
  expect(await complaint(sample)).toContain("is for a node of the user's own");
});

describe('detect', () => {
  const ASKS = OWN.replace('{ kind: systemd, unit: shop }', 'detect').replace(
    'supervisor: docker',
    'supervisor: detect',
  );

  test('looks into each node once, before the plan is made', async () => {
    const looked: string[] = [];
    const plans = await plansOf(ASKS, ({ own }, environment) => {
      looked.push(environment);
      const options = own.source.kind === 'image' ? { service: '/etc/sv/shop' } : { service: '/etc/service/web' };
      return Promise.resolve({ kind: 'runit', options, why: 'somebody looked' });
    });
    expect(looked).toEqual(['release', 'production']);
    expect(plans.map((plan) => nodeOf(plan).supervisor)).toEqual([
      { kind: 'runit', options: { service: '/etc/sv/shop' } },
      { kind: 'runit', options: { service: '/etc/service/web' } },
    ]);
  });

  test('is for own nodes only', async () => {
    const sample = ASKS.replace(/node:\n(?: {2}.*\n)+?environments/, 'environments')
      .replace(/ {4}node: .*\n/, '')
      .replaceAll('supervisor: detect', 'supervisor: detect\n    server: puma');
    expect(await complaint(sample)).toContain("detect is for a node of the user's own");
  });
});

describe('the container', () => {
  const own = {
    source: { kind: 'image', image: 'shop:1' },
    port: 80,
    healthPath: '/',
    mounts: [],
    stop: { signal: 'TERM', graceMs: 1 },
    bootMs: 1,
  } as const;
  const made = (command: readonly string[], kind: 'docker' | 'systemd') => {
    const image = { tag: 'shop:1', entrypoint: [], command };
    const needs = kind === 'docker' ? docker.own!(docker.options.parse({})) : systemd.own!(systemd.options.parse({}));
    return ownContainer(own, image, ownService(own, { env: {} }), needs);
  };

  test('runs what the image says, restarted by the engine where that is the supervisor', () => {
    expect(made(['shop', '--port', '80'], 'docker')).toMatchObject({ restartPolicy: { name: 'always' }, init: true });
    expect(made(['shop'], 'docker')).not.toHaveProperty('command');
  });

  test('gets an init where systemd is wanted and the image starts none', () => {
    expect(made(['bash'], 'systemd')).toMatchObject({ command: ['/sbin/init'], systemd: true });
    expect(made(['/lib/systemd/systemd'], 'systemd')).not.toHaveProperty('command');
  });
});

test('mounts are copies: of a file, and of a folder with all below it', () => {
  mkdirSync(join(folder, 'conf', 'sites'), { recursive: true });
  writeFileSync(join(folder, 'conf', 'nginx.conf'), 'a');
  writeFileSync(join(folder, 'conf', 'sites', 'shop'), 'b');
  const found = mountedFiles([{ from: join(folder, 'conf'), to: '/etc/nginx/' }]);
  expect(found.map(({ path, bytes }) => [path, bytes?.toString()])).toEqual(
    expect.arrayContaining([
      ['/etc/nginx/nginx.conf', 'a'],
      ['/etc/nginx/sites/shop', 'b'],
    ]),
  );
  expect(() => mountedFiles([{ from: join(folder, 'none'), to: '/etc/none' }])).toThrow(/mount .*none/);
});

test('the build context is what .dockerignore leaves, and the Dockerfile', () => {
  const web = join(folder, 'web');
  mkdirSync(join(web, 'node_modules', 'x'), { recursive: true });
  for (const name of ['Dockerfile', 'app.js', 'node_modules/x/index.js', 'keep.log', 'drop.log'])
    writeFileSync(join(web, name), name);
  writeFileSync(join(web, '.dockerignore'), 'node_modules\n*.log\n!keep.log\nDockerfile\n');
  const paths = ownContextPaths(web, 'Dockerfile');
  expect(paths).toEqual(expect.arrayContaining(['Dockerfile', 'app.js', 'keep.log']));
  expect(paths.filter((path) => /node_modules\/|drop/.test(path))).toEqual([]);
});
