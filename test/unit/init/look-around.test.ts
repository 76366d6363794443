// What init sees in a folder, and that what it writes is a valid scenario.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../../harness/cli.js';
import { plansFrom } from '../../../harness/commands/load-plans.js';
import { lookAround } from '../../../harness/init/look-around.js';

const look = (files: Readonly<Record<string, string>>) => lookAround(Object.keys(files), (name) => files[name]);

it('takes the likely service of a compose file, and the port inside of its container', () => {
  const compose = `services:
  redis: { image: redis, ports: ['6379'] }
  web:
    build: .
    ports: ['127.0.0.1:8080:3000/tcp']
    depends_on: [redis]
    healthcheck: { test: [CMD-SHELL, 'curl -f "http://localhost:3000/up?deep=1" || exit 1'] }
  worker: { build: . }
`;
  expect(look({ 'compose.yaml': compose, Dockerfile: 'EXPOSE 9' })).toMatchObject({
    source: { kind: 'compose', file: 'compose.yaml', service: 'web' },
    port: 3000,
    health: '/up?deep=1',
    services: ['web', 'redis', 'worker'],
  });
});

it('builds from a Dockerfile and takes what it exposes', () => {
  expect(look({ Dockerfile: 'FROM debian\nEXPOSE 8080/tcp\n' })).toMatchObject({
    source: { kind: 'build', folder: '.' },
    port: 8080,
  });
});

it('names the files that tell who looks after the server', () => {
  const { seen, source } = look({
    'shop.service': '[Service]',
    'supervisord.conf': '[supervisord]\n[program:api]\ncommand=x\n',
    'shop.pill': '',
    Procfile: 'web: bundle exec puma\n',
    'readme.md': '',
  });
  expect(source).toBeUndefined();
  expect(seen.join('\n')).toMatch(/unit: shop\.service[^]*program: api[^]*bluepill[^]*bundle exec puma/);
  expect(seen).toHaveLength(4);
});

it('a compose file that is none is no reason to end', () => {
  expect(look({ 'compose.yaml': '{ nonsense', Dockerfile: 'FROM x' }).source).toEqual({ kind: 'build', folder: '.' });
});

async function init(files: Readonly<Record<string, string>>, ...flags: string[]) {
  const cwd = await mkdtemp(join(tmpdir(), 'remuster-init-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  const said: string[] = [];
  const stream = { write: (text: string) => said.push(text), isTTY: false, columns: undefined };
  const exitCode = await main(['init', '--yes', '--no-look', ...flags], {
    stdout: stream,
    stderr: stream,
    env: {},
    cwd,
  });
  return { cwd, exitCode, said: said.join('') };
}

it('writes a scenario that is valid, and the CI job beside it', async () => {
  const { cwd, exitCode, said } = await init(
    {},
    ...['--image', 'nginx:stable', '--port', '8080', '--supervisor', 'systemd', '--ci', 'github'],
  );
  expect(exitCode, said).toBe(0);
  const [plan] = await plansFrom('remuster.yaml', {}, { env: {}, cwd });
  expect(plan.environment.node.own).toMatchObject({ port: 8080, source: { kind: 'image', image: 'nginx:stable' } });
  expect(plan.rounds.map(({ fault }) => fault.kind)).toEqual(['kill', 'restart-command']);
  const job = parse(await readFile(join(cwd, '.github/workflows/restart-safety.yml'), 'utf8')) as { jobs: object };
  expect(Object.keys(job.jobs)).toEqual(['restart-safety']);
});

it('kills a server that the engine looks after as any other: its init stands above it', async () => {
  const { cwd, exitCode, said } = await init({}, '--image', 'shop:1', '--port', '80', '--supervisor', 'docker');
  expect(exitCode, said).toBe(0);
  const [plan] = await plansFrom('remuster.yaml', {}, { env: {}, cwd });
  expect(plan.rounds[0]?.fault).toMatchObject({ kind: 'kill', options: { signal: 'KILL', process: 'master' } });
  expect(plan.environment.node.supervisor.options).toMatchObject({ init: true });
});

it('writes over nothing, and says what is missing', async () => {
  expect(await init({ Dockerfile: 'FROM x', 'remuster.yaml': 'mine' })).toMatchObject({ exitCode: 2 });
  const nothing = await init({});
  expect(nothing).toMatchObject({ exitCode: 2 });
  expect(nothing.said).toContain('--image');
});
