// A compose file as the source of a node: what is taken from it, what is named as not used, and what is wrong with it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadExplained } from '../../../harness/commands/load-explained.js';
import { HarnessError } from '../../../harness/core/errors.js';
import { allPlugIns } from '../../../harness/scenario/all-plug-ins.js';
import { composed } from '../../../harness/scenario/compose.js';
import type { Detected } from '../../../harness/tier/detect.js';

const folder = mkdtempSync(join(tmpdir(), 'remuster-compose-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COMPOSE = `services:
  web:
    build: { context: ./web, args: [RUBY=3.1] }
    command: bundle exec puma
    environment: { CACHE: redis, EMPTY: '' }
    ports: ['127.0.0.1:8080:80/tcp']
    volumes: ['./conf/app.yml:/etc/app.yml:ro', 'data:/var/lib/app']
    depends_on: { redis: { condition: service_healthy } }
    mem_limit: 512m
    ulimits: { nofile: 1024 }
    container_name: shop
  redis:
    image: redis:7
    healthcheck: { test: [CMD, redis-cli, ping] }
    depends_on: [disk]
  disk:
    image: disk:1
    expose: [9000]
  unrelated:
    image: other:1
`;
const SCENARIO = `name: mine
nodes: 2
node: { compose: ops/docker-compose.yml, service: web, health: /up }
environments:
  today: { supervisor: docker }
load: { stages: [{ users: 5 }] }
rounds: [{ fault: kill, target: each }]
`;

beforeAll(() => {
  mkdirSync(join(folder, 'ops'));
  writeFileSync(join(folder, 'ops', 'docker-compose.yml'), COMPOSE);
});

async function planOf(
  scenario = SCENARIO,
  compose = COMPOSE,
  env: Readonly<Record<string, string>> = {},
  found: Omit<Detected, 'why'> = { kind: 'docker', options: {} },
) {
  writeFileSync(join(folder, 'ops', 'docker-compose.yml'), compose);
  writeFileSync(join(folder, 'mine.yaml'), scenario);
  const detect = () => Promise.resolve({ ...found, why: 'somebody looked' });
  const [planned] = await loadExplained('mine.yaml', {}, { env, cwd: folder, detect }, allPlugIns);
  return planned!.plan;
}

async function complaint(scenario: string, compose?: string): Promise<string> {
  const error: unknown = await planOf(scenario, compose).catch((thrown: unknown) => thrown);
  if (error instanceof HarnessError) return error.message;
  throw new Error(`nobody complained: ${String(error)}`);
}

test('image, build, command, environment, ports, volumes and what it depends on', async () => {
  const { environment, services } = await planOf();
  expect(environment.node.own).toMatchObject({
    source: { kind: 'build', folder: 'ops/web', dockerfile: 'Dockerfile', args: { RUBY: '3.1' } },
    port: 80,
    healthPath: '/up',
    command: ['sh', '-c', 'bundle exec puma'],
    mounts: [{ from: 'ops/conf/app.yml', to: '/etc/app.yml' }],
    memoryBytes: 512 * 1024 ** 2,
  });
  expect(environment.node.env).toEqual({ CACHE: 'redis', EMPTY: '' });
  expect(services).toEqual({
    disk: { kind: 'own', options: { image: 'disk:1', env: {}, port: 9000 } },
    redis: { kind: 'own', options: { image: 'redis:7', env: {}, ready: ['redis-cli', 'ping'] } },
  });
});

test('how a service beside the nodes is built is taken as it is for the node', async () => {
  const build = 'build: { context: ./cache, dockerfile: cache.Dockerfile, args: { VERSION: 7 }, target: slim }';
  const { services } = await planOf(SCENARIO, COMPOSE.replace('image: redis:7', build));
  expect(services['redis']?.options['build']).toEqual({
    context: 'ops/cache',
    dockerfile: 'cache.Dockerfile',
    args: { VERSION: '7' },
    target: 'slim',
  });
});

test('variables are those of the shell, else of the file .env beside it; only of services that are used', async () => {
  const compose = COMPOSE.replace('redis:7', '${REDIS:-redis}:${TAG}')
    .replace("EMPTY: ''", () => "EMPTY: '${NONE-}', PRICE: '$$5', HOST: $NAME")
    .replace('other:1', '${NOBODY}');
  writeFileSync(join(folder, 'ops', '.env'), 'TAG=6\nNAME=from-file\n');
  const { environment, services } = await planOf(SCENARIO, compose, { TAG: '7.4' });
  rmSync(join(folder, 'ops', '.env'));
  expect(services['redis']?.options['image']).toBe('redis:7.4');
  expect(environment.node.env).toEqual({ CACHE: 'redis', EMPTY: '', PRICE: '$5', HOST: 'from-file' });
  expect(await complaint(SCENARIO, compose)).toMatch(/^mine\.yaml:3:\d+ .*services\.web: the variable NAME is not set/);
});

test('env_file: the later over the earlier, environment over both, one that need not be there', async () => {
  writeFileSync(join(folder, 'ops', 'web.env'), 'A=file # a comment\nB="two words"\nCACHE=file\nHASH=$2y$10$x\n');
  writeFileSync(join(folder, 'ops', 'more.env'), 'A=more\n');
  const files = 'env_file: [web.env, more.env, { path: none.env, required: false }]\n    mem_limit: 512m';
  const { environment } = await planOf(SCENARIO, COMPOSE.replace('mem_limit: 512m', files));
  expect(environment.node.env).toEqual({ A: 'more', B: 'two words', HASH: '$2y$10$x', CACHE: 'redis', EMPTY: '' });
  expect(await complaint(SCENARIO, COMPOSE.replace('mem_limit: 512m', 'env_file: none.env'))).toMatch(
    /^mine\.yaml:3:\d+ .*env_file none\.env: ENOENT/,
  );
});

test('a job that has to have ended is no service beside the nodes, and is named', () => {
  const needs = '{ redis: { condition: service_healthy }, migrate: { condition: service_completed_successfully } }';
  const compose = COMPOSE.replace('{ redis: { condition: service_healthy } }', needs);
  writeFileSync(join(folder, 'ops', 'docker-compose.yml'), `${compose}  migrate: { image: migrate:1 }\n`);
  const { scenario, notUsed } = composed({ node: { compose: 'ops/docker-compose.yml', service: 'web' } }, folder, {});
  expect(Object.keys((scenario as { services: object }).services)).toEqual(['redis', 'disk']);
  expect(notUsed.join('\n')).toMatch(/docker-compose\.yml: migrate \(a job/);
});

test('names what it does not use', () => {
  writeFileSync(join(folder, 'ops', 'docker-compose.yml'), COMPOSE);
  const { notUsed } = composed({ node: { compose: 'ops/docker-compose.yml', service: 'web' } }, folder, {});
  expect(notUsed).toEqual([
    'ops/docker-compose.yml: web.ulimits',
    'ops/docker-compose.yml: web.volumes: data:/var/lib/app (a named volume: each node begins with its own, empty)',
  ]);
});

test.each([
  ['another service', SCENARIO.replace('service: web', 'service: wbe'), COMPOSE, 'did you mean web?'],
  ['no service', SCENARIO.replace(' service: web,', ''), COMPOSE, 'needs a service'],
  ['no such file', SCENARIO.replace('ops/docker', 'ops/locker'), COMPOSE, 'ops/locker-compose.yml cannot be read'],
  ['a key that compose does not know', SCENARIO, COMPOSE.replace('ulimits', 'ulimit'), 'did you mean ulimits?'],
  ['a value of another kind', SCENARIO, COMPOSE.replace('image: redis:7', 'image: [1]'), 'services.redis.image'],
])('%s: said at its place in the scenario', async (_, scenario, compose, words) => {
  const said = await complaint(scenario, compose);
  expect(said).toContain(words);
  expect(said).toMatch(/^mine\.yaml:3:\d+ {2}node: /);
});

test.each([
  ['', { restart: 'no' }],
  ["restart: 'no'", { restart: 'no' }],
  ['restart: unless-stopped', { restart: 'unless-stopped' }],
  ['restart: on-failure:3', { restart: 'on-failure', maximumRetryCount: 3 }],
])("under the engine's own policy it is the file's, none where it has none: %j", async (line, policy) => {
  const compose = COMPOSE.replace('container_name: shop', `container_name: shop\n    ${line}`);
  const { environment } = await planOf(SCENARIO, compose);
  expect(environment.node.supervisor).toMatchObject({ kind: 'docker', options: policy });
  const said = SCENARIO.replace('supervisor: docker', 'supervisor: { kind: docker, restart: always }');
  expect((await planOf(said, compose)).environment.node.supervisor.options).toMatchObject({ restart: 'always' });
});

test('and so it is where the engine was found by looking, and nobody else was', async () => {
  const compose = COMPOSE.replace('container_name: shop', "restart: 'no'");
  const detect = SCENARIO.replace('supervisor: docker', 'supervisor: detect');
  expect((await planOf(detect, compose)).environment.node.supervisor).toMatchObject({
    kind: 'docker',
    options: { restart: 'no' },
  });
  const inside = { kind: 'systemd', options: { unit: 'shop.service' } };
  expect((await planOf(detect, compose, {}, inside)).environment.node.supervisor).toMatchObject({
    kind: 'systemd',
    options: { restart: 'always' },
  });
});

test('how it is stopped', async () => {
  const compose = COMPOSE.replace('container_name: shop', 'stop_signal: SIGQUIT\n    stop_grace_period: 1m30s');
  expect((await planOf(SCENARIO, compose)).environment.node.own?.stop).toEqual({ signal: 'QUIT', graceMs: 90_000 });
});
