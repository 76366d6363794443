// Several services of one node: nginx in front of puma, and a worker that listens nowhere, under runit, on an image to which
// nothing is added. Each is hurt by itself and proved by itself; one that never starts again is no stain on the others.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import type { Claim, EnvironmentResult, Receipt, RunResult } from '../../harness/verdict/model.js';
import { remuster, resultsFolder, root } from './remuster.js';

const FULL = process.env['REMUSTER_TEST'] === 'full';
const OWN = join(root, 'test', 'e2e', 'fixtures', 'own');
const BEHIND = join(OWN, 'services', 'behind-a-socket');
let images: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  const runtime = await connectDocker();
  const tag = (name: string): Promise<string> => runtime.ensureImage(name, () => undefined);
  images = {
    NODE_RUBY_RUNIT: await tag('node-ruby+runit'),
    ...(FULL ? { NODE_PYTHON_SUPERVISORD: await tag('node-python+supervisord') } : {}),
  };
});

interface Played {
  readonly exitCode: number;
  readonly said: string;
  readonly environment: EnvironmentResult;
}

/** A fixture, with some of its text changed. */
async function play(name: string, ...changes: readonly (readonly [RegExp | string, string])[]): Promise<Played> {
  let text = (await readFile(join(OWN, name), 'utf8')).replaceAll(/\.\/(services|gunicorn)/g, `${OWN}/$1`);
  for (const [from, to] of changes) {
    const changed = text.replace(from, to);
    expect(changed, `${String(from)} is not in ${name}`).not.toBe(text);
    text = changed;
  }
  const file = join(await mkdtemp(join(tmpdir(), 'remuster-services-')), name);
  await writeFile(file, text);
  const ended = await remuster(['run', file, '--json', '--out', await resultsFolder()], images);
  const said = `${ended.stdout}${ended.stderr}`;
  const { environments } = JSON.parse(ended.stdout) as RunResult;
  return { exitCode: ended.exitCode, said, environment: environments[0]! };
}

const claims = ({ claims: all }: Receipt, state: Claim['state']): readonly string[] =>
  all.filter((claim) => claim.state === state).map(({ id }) => id);
/** 'puma kill-master 7', with the number of claims that held; all others are not applicable. */
const proved = ({ receipts }: EnvironmentResult): readonly string[] =>
  receipts.map((receipt) => {
    const held = claims(receipt, 'held').length;
    expect(held + claims(receipt, 'not-applicable').length, JSON.stringify(receipt.claims)).toBe(10);
    return `${receipt.service ?? 'nginx'} ${receipt.path.name} ${held}`;
  });

const NOT_BALANCED = ['balancer-up', 'serves-load', 'share-restored'];

// One after another: what they prove is counted, and generators beside each other on two cores are late.
describe('several services of one node', () => {
  it('each is killed or restarted by itself, and proved by what can be asked of it', async () => {
    const { exitCode, said, environment } = await play('services.yaml');
    expect(exitCode, said).toBe(0);
    expect(proved(environment)).toEqual(['puma kill-master 7', 'nginx kill-master 10', 'jobs restart-command 5']);
    expect(claims(environment.receipts[0]!, 'not-applicable')).toEqual(NOT_BALANCED);
    expect(claims(environment.receipts[2]!, 'not-applicable')).toEqual(['owns-socket', 'answers', ...NOT_BALANCED]);
  });

  it('one that cannot start again is broken, and the others are not', async () => {
    const { exitCode, said, environment } = await play('services-once.yaml');
    expect(exitCode, said).toBe(99);
    const [jobs, ...more] = environment.receipts;
    expect(more).toEqual([]);
    expect([jobs?.node, jobs?.service]).toEqual(['web-1/jobs', 'jobs']);
    expect(claims(jobs!, 'broken')).toEqual(expect.arrayContaining(['new-there', 'settled']));
    const failed = environment.findings.filter(({ severity }) => severity === 'fail');
    expect(new Set(failed.map(({ node }) => node))).toEqual(new Set(['web-1/jobs']));
  });

  it('a service that its supervisor does not know is told before the load starts', async () => {
    const { exitCode, said } = await play(
      'services-once.yaml',
      ['jobs: {}', 'sidekiq: {}'],
      ['service: jobs', 'service: sidekiq'],
    );
    expect(said).toMatch(
      /there is no \/etc\/service\/sidekiq in the node; in \/etc\/service there is jobs, nginx, puma/,
    );
    expect(exitCode).toBe(101);
  });

  it.runIf(FULL)('a node that is rebooted brings all of them back, each with a receipt', async () => {
    const { exitCode, said, environment } = await play('services.yaml', [
      /rounds:\n(?: {2}- .*\n)+/,
      'rounds:\n  - { fault: node-reboot, target: one, at: 2s }\n',
    ]);
    expect(exitCode, said).toBe(0);
    expect([...proved(environment)].sort()).toEqual([
      'jobs node-reboot 5',
      'nginx node-reboot 10',
      'puma node-reboot 7',
    ]);
  });

  it.runIf(FULL)(
    'a supervisor of several services that is killed is a receipt of each, and no unexplained death',
    async () => {
      const { exitCode, said, environment } = await play('services-shared.yaml');
      expect(exitCode, said).toBe(99);
      expect(environment.receipts.map((receipt) => [receipt.node, ...claims(receipt, 'broken')])).toEqual(
        ['web-1', 'web-1/jobs'].map((post) => [post, 'new-there', 'supervised']),
      );
      expect(new Set(environment.findings.map(({ check }) => check))).toEqual(new Set(['every-node-returns']));
    },
  );

  it.runIf(FULL).each([
    ['a Unix socket', 'socket: /run/puma.sock'],
    ['the loopback', 'port: 127.0.0.1:3000'],
  ])('one on %s owns it; nobody outside of the node can ask it', async (_, listens) => {
    const { exitCode, said, environment } = await play(
      'services.yaml',
      [
        '  services:\n',
        `  mounts: ['${BEHIND}/puma:/etc/service/puma/run', '${BEHIND}/nginx.conf:/etc/nginx/nginx.conf']\n  services:\n`,
      ],
      ['port: 3000', listens],
      [/rounds:\n(?: {2}- .*\n)+/, 'rounds:\n  - { fault: kill, target: one, service: puma, at: 2s }\n'],
    );
    expect(exitCode, said).toBe(0);
    expect(proved(environment)).toEqual(['puma kill-master 6']);
    expect(claims(environment.receipts[0]!, 'not-applicable')).toEqual(['answers', ...NOT_BALANCED]);
  });

  it.runIf(FULL)('one that listens on the loopback only is told, where it is said to have a port', async () => {
    const { exitCode, said } = await play('services.yaml', [
      '  services:\n',
      `  boot: 5s\n  mounts: ['${BEHIND}/puma:/etc/service/puma/run', '${BEHIND}/nginx.conf:/etc/nginx/nginx.conf']\n  services:\n`,
    ]);
    expect(said).toContain("write port: '127.0.0.1:3000'");
    expect(exitCode).toBe(101);
  });
});
