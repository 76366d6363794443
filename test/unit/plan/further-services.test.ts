// Further services of an own node, from the file to the plan: how a supervisor is told which one is meant, which round is for
// whom, and every way in which it can be written wrongly.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadExplained } from '../../../harness/commands/load-explained.js';
import { HarnessError } from '../../../harness/core/errors.js';
import type { Plan } from '../../../harness/plan/plan.js';
import type { PlannedEnvironment } from '../../../harness/plan/planner.js';
import { planAt, postsBeside, postsOf } from '../../../harness/plan/posts.js';
import { allPlugIns } from '../../../harness/scenario/all-plug-ins.js';
import { drawRound } from '../../../harness/soak/draw.js';
import { furtherService, ownContainer, ownService } from '../../../harness/tier/own-node.js';

const folder = mkdtempSync(join(tmpdir(), 'remuster-services-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FILE = `name: mine
nodes: 2
node:
  image: shop:1
  port: 80
  services:
    puma: { port: 3000, health: /up, server: { kind: puma, workers: 2 } }
    api: { socket: /run/api.sock }
    jobs: { supervisor: { service: /etc/sv/sidekiq }, stop: { signal: TSTP, grace: 30s } }
environments:
  production: { supervisor: { kind: runit, service: /etc/sv/nginx } }
load:
  stages:
    - users: 5
rounds:
  - { fault: kill, target: each, service: puma }
  - { fault: restart-command, target: one, service: jobs }
  - { fault: kill, target: [web-2] }
soak: {}
`;

async function explained(text: string): Promise<PlannedEnvironment> {
  writeFileSync(join(folder, 'mine.yaml'), text);
  const [found] = await loadExplained(
    'mine.yaml',
    {},
    {
      env: {},
      cwd: folder,
      detect: () => Promise.resolve({ kind: 'runit', options: { service: '/etc/sv/web' }, why: 'somebody looked' }),
    },
    allPlugIns,
  );
  return found!;
}

const planOf = async (text: string): Promise<Plan> => (await explained(text)).plan;
const supervisorsOf = (plan: Plan) =>
  plan.environment.node.own?.services?.map(({ name, supervisor }) => [name, supervisor.kind, supervisor.options]);

async function complaint(from: string, to: string): Promise<HarnessError> {
  expect(FILE).toContain(from);
  const error: unknown = await planOf(FILE.replace(from, to)).catch((thrown: unknown) => thrown);
  if (error instanceof HarnessError) return error;
  throw new Error(`nobody complained: ${String(error)}`);
}

test('each is named to the supervisor by its own name, beside the main one, unless its options say otherwise', async () => {
  const plan = await planOf(FILE);
  expect(supervisorsOf(plan)).toEqual([
    ['puma', 'runit', { service: '/etc/sv/puma' }],
    ['api', 'runit', { service: '/etc/sv/api' }],
    ['jobs', 'runit', { service: '/etc/sv/sidekiq' }],
  ]);
  expect(plan.environment.node.own?.services?.map(({ listens }) => listens)).toEqual([
    { kind: 'port', port: 3000, healthPath: '/up' },
    { kind: 'socket', path: '/run/api.sock' },
    { kind: 'nowhere' },
  ]);
});

test.each([
  ['systemd, unit: nginx', { unit: 'puma.service' }],
  ['supervisord, program: nginx, config: /etc/s.conf', { program: 'puma', config: '/etc/s.conf' }],
  ['s6, service: /run/service/nginx', { service: '/run/service/puma' }],
  ['daemontools, service: /service/nginx', { service: '/service/puma' }],
  ['monit, service: nginx', { service: 'puma' }],
  ['bluepill, app: shop, process: nginx', { app: 'shop', process: 'puma' }],
  ['pm2, name: nginx', { name: 'puma' }],
])('under %s', async (supervisor, options) => {
  const text = FILE.replace('runit, service: /etc/sv/nginx', supervisor)
    .replace(/ {4}(?:api|jobs): .*\n/g, '')
    .replace(/ {2}- .*jobs }\n/, '');
  const [[name, , found] = []] = supervisorsOf(await planOf(text)) ?? [];
  expect(name).toBe('puma');
  expect(found).toMatchObject(options);
});

test('a round is for that service of its nodes; posts follow their nodes', async () => {
  const plan = await planOf(FILE);
  expect(plan.rounds.map(({ service, steps }) => [service, steps])).toEqual([
    ['puma', [['web-1/puma'], ['web-2/puma']]],
    ['jobs', [[expect.stringMatching(/^web-[12]\/jobs$/)]]],
    [undefined, [['web-2']]],
  ]);
  expect(postsOf(plan).map(({ name }) => name)).toEqual(
    ['web-1', 'web-2'].flatMap((node) => [node, `${node}/puma`, `${node}/api`, `${node}/jobs`]),
  );
  expect(postsBeside(plan, ['web-2/jobs'])).toEqual(['web-2', 'web-2/puma', 'web-2/api', 'web-2/jobs']);
  const drawn = Array.from({ length: 20 }, (_, nth) => drawRound(plan, plan.soak!, nth + 1).round);
  for (const { service, steps } of drawn) for (const post of steps.flat()) expect(post.split('/')[1]).toBe(service);
});

test('what is known of its server is known of it alone', async () => {
  const plan = await planOf(FILE.replace('fault: kill, target: each', 'fault: phased, target: each'));
  expect(planAt(plan, 'puma').facts.workers).toBe(2);
  expect(planAt(plan, 'jobs').facts.workers).toBeNull();
  expect(planAt(plan, undefined)).toBe(plan);
  const { message } = await complaint('fault: restart-command, target: one', 'fault: phased, target: one');
  expect(message).toContain('own has no phased restart here');
});

test('its ports are published, and it is a service of its own; nothing of it is configured', async () => {
  const { environment } = await planOf(FILE);
  const { own } = environment.node;
  const image = { tag: 'shop:1', entrypoint: [], command: ['init'] };
  expect(ownContainer(own!, image, ownService(own!, environment.node), {}).publish).toEqual([80, 3000]);
  const [puma, , jobs] = own!.services!.map((each) => furtherService(ownService(own!, environment.node), each));
  expect(puma).toMatchObject({ name: 'puma', port: 3000, healthPath: '/up', argv: [], isOwn: true });
  expect(jobs).toMatchObject({ name: 'jobs', listens: { kind: 'nowhere' }, stop: { signal: 'TSTP', graceMs: 30_000 } });
});

test('a port of the loopback is no port that anybody else could ask', async () => {
  const plan = await planOf(FILE.replace('port: 3000, health: /up', 'port: 127.0.0.1:3000'));
  const { own } = plan.environment.node;
  expect(own?.services?.[0]?.listens).toEqual({ kind: 'loopback', port: 3000 });
  const image = { tag: 'shop:1', entrypoint: [], command: ['init'] };
  expect(ownContainer(own!, image, ownService(own!, plan.environment.node), {}).publish).toEqual([80]);
});

test('plan --explain says where each value is from', async () => {
  const { plan, origins } = await explained(FILE);
  const sourceOf = (path: string): string | undefined =>
    origins.explain(plan).get(`environment.node.own.services${path}`)?.source;
  expect(sourceOf('[0].supervisor.options.service')).toBe('default of service puma');
  expect(sourceOf('[2].supervisor.options.service')).toContain('node.services.jobs.supervisor.service');
  expect(sourceOf('[2].stop.graceMs')).toContain('node.services.jobs.stop.grace');
  expect(sourceOf('[0].stop.signal')).toBe('default of remuster');
});

test('with a supervisor that is found by looking, they are named to the one that was found', async () => {
  const plan = await planOf(FILE.replace('{ kind: runit, service: /etc/sv/nginx }', 'detect'));
  expect(supervisorsOf(plan)?.[0]).toEqual(['puma', 'runit', { service: '/etc/sv/puma' }]);
});

describe('written wrongly', () => {
  test.each([
    [
      'a service that is none',
      ['service: puma }', 'service: pma }'],
      'mine.yaml:16:',
      '"pma" is not a service',
      'did you mean puma?',
    ],
    [
      'a key that is none',
      ['health: /up', 'helth: /up'],
      'mine.yaml:7:',
      '"helth" is not a key',
      'did you mean health?',
    ],
    [
      'an option that is none',
      ['{ service: /etc/sv/sidekiq }', '{ servise: /x }'],
      'mine.yaml:9:',
      'not an option of runit',
      'did you mean service?',
    ],
    [
      'a supervisor that is none',
      ['{ service: /etc/sv/sidekiq }', 'runitt'],
      'mine.yaml:9:',
      'is not a supervisor',
      'did you mean runit?',
    ],
    [
      'port and socket',
      ['socket: /run/api.sock', 'port: 1, socket: /run/api.sock'],
      'mine.yaml:8:',
      'a port and a socket',
      '',
    ],
    [
      'a path that nobody can ask',
      ['socket: /run/api.sock', 'health: /up'],
      'mine.yaml:8:',
      'nobody outside of the node can ask',
      '',
    ],
    ['a port that is none', ['port: 3000', 'port: 10.0.0.1:3000'], 'mine.yaml:7:', 'is not a port', ''],
    [
      'the port of another',
      ['port: 3000', 'port: 80'],
      'mine.yaml:7:',
      '80 is the port of the one that the balancer reaches',
      '',
    ],
    [
      'the same service twice',
      ['/etc/sv/sidekiq', '/etc/sv/nginx'],
      'mine.yaml:9:',
      'the same service of runit as the one that the balancer reaches',
      '',
    ],
    [
      'an engine as its supervisor',
      ['{ service: /etc/sv/sidekiq }', 'docker'],
      'mine.yaml:9:',
      'cannot tell jobs from the rest',
      '',
    ],
    [
      'detect',
      ['{ service: /etc/sv/sidekiq }', 'detect'],
      'mine.yaml:9:',
      'is for the service that the balancer reaches',
      '',
    ],
    [
      'a reboot of a service',
      ['fault: kill, target: each', 'fault: node-reboot, target: each'],
      'mine.yaml:16:',
      'node-reboot hits the node with all that is in it',
      '',
    ],
    [
      'the name that reports use',
      ['[web-2]', '[web-2/puma]'],
      'mine.yaml:18:',
      '{ target: [web-2], service: puma }',
      '',
    ],
  ] as const)('%s', async (_, [from, to], ...words) => {
    const { message, exitCode } = await complaint(from, to);
    expect(exitCode).toBe(104);
    for (const each of words) expect(message).toContain(each);
  });

  test('a service for nodes that have none', async () => {
    const { message } = await complaint(/ {2}services:\n(?: {4}.*\n)+/.exec(FILE)![0], '');
    expect(message).toContain('is not a service of the nodes in environment production: they have no further services');
  });

  test('the death of a supervisor that is PID 1', async () => {
    const systemd = FILE.replace('{ kind: runit, service: /etc/sv/nginx }', '{ kind: systemd, unit: nginx }')
      .replace('supervisor: { service: /etc/sv/sidekiq }, ', '')
      .replace('fault: kill, target: each', 'fault: supervisor-death, target: each');
    await expect(planOf(systemd)).rejects.toThrow('the supervisor (systemd) is PID 1 of the node');
  });
});
