// A node of the user's own that is not as its scenario says: told before the load starts, with the evidence, and nothing is
// left on the engine.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import Dockerode from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import { LABEL } from '../../harness/tier/runtime/labels.js';
import { loadImage } from './docker-archive.js';
import { remuster, resultsFolder, root, type Ended } from './remuster.js';

const FULL = process.env['REMUSTER_TEST'] === 'full';
const OWN = join(root, 'test', 'e2e', 'fixtures', 'own');
const FOREIGN = `remuster-test-foreign:${randomBytes(4).toString('hex')}`;
const BUILD = /build: .*/.source;
const docker = new Dockerode();
let systemd = '';

beforeAll(async () => {
  systemd = await (await connectDocker()).ensureImage('node-python+systemd', () => undefined);
});
afterAll(async () => {
  const image = docker.getImage(FOREIGN);
  await image.remove().catch(() => undefined); // Where its test did not run.
});

interface Spoilt extends Ended {
  readonly said: string;
  /** Its scenario's own name, in that of everything it makes. */
  readonly name: string;
  readonly startedS: number;
}

/** `bad.yaml` with some of its text changed, and files beside it. */
async function spoilt(
  change: readonly [string, string],
  beside: Readonly<Record<string, string>> = {},
): Promise<Spoilt> {
  const name = `own-bad-${randomBytes(4).toString('hex')}`;
  const startedS = Math.floor(Date.now() / 1000);
  const whole = (await readFile(join(OWN, 'bad.yaml'), 'utf8'))
    .replace('context: ./', `context: ${OWN}/`)
    .replace('own-bad', name);
  const scenario = whole.replace(new RegExp(change[0]), () => change[1]);
  expect(scenario).not.toBe(whole);
  const folder = await mkdtemp(join(tmpdir(), 'remuster-bad-'));
  for (const [file, content] of Object.entries(beside)) await writeFile(join(folder, file), content);
  await writeFile(join(folder, 'bad.yaml'), scenario);
  const ended = await remuster(['run', 'bad.yaml', '--out', await resultsFolder()], { SYSTEMD: systemd }, folder);
  return { ...ended, name, startedS, said: `${ended.stdout}\n${ended.stderr}`.replaceAll(/\s+/g, ' ') };
}

/** Containers and networks of that scenario that are there now. */
async function leftOf({ name }: Spoilt): Promise<readonly string[]> {
  const filters = { label: [LABEL.run] };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  return [...containers, ...networks]
    .map(({ Labels }) => Labels?.[LABEL.run] ?? '')
    .filter((run) => run.includes(name));
}

/** How many containers of it were ever made. */
async function madeBy({ name, startedS }: Spoilt): Promise<number> {
  const events = await docker.getEvents({
    since: startedS,
    until: Math.ceil(Date.now() / 1000),
    filters: JSON.stringify({ type: ['container'], event: ['create'] }),
  });
  return (await text(events)).split('\n').filter((line) => line.includes(name)).length;
}

const CASES: readonly (readonly [string, readonly [string, string], readonly RegExp[]])[] = [
  [
    'a unit that is not there',
    ['unit: api', 'unit: apy'],
    [/no unit apy\.service in it; enabled in it: api\.service.*did you mean api\.service\?/, /unit: 'api\.service'/],
  ],
  [
    'a port that nobody listens on',
    ['port: 8000', 'port: 81\n  boot: 5s'],
    [/nobody listens on port 81 in it; somebody does on .*8000/],
  ],
  [
    'a health path that answers 500',
    ['health: /', 'health: /broken\n  boot: 5s'],
    [/answer \/broken .*answered 500.*health: names a path that answers 2xx/],
  ],
];

describe.concurrent("a user's own node that is not as described", () => {
  it.each(FULL ? CASES : CASES.slice(0, 1))('%s: exit 101, and nothing is left', async (_, change, says) => {
    const run = await spoilt(change);
    for (const words of says) expect(run.said).toMatch(words);
    expect(run.said).not.toContain('load starts');
    expect(run.exitCode).toBe(101);
    expect(await leftOf(run)).toEqual([]);
    expect(await madeBy(run)).toBeGreaterThan(0); // So that there was something to leave.
  });

  it('an image for another platform', async () => {
    const { Arch: here } = await docker.version();
    const architecture = here === 'arm64' ? 'amd64' : 'arm64';
    await loadImage(docker, { tag: FOREIGN, architecture, command: ['/serve'], files: {} });
    const run = await spoilt([BUILD, `image: '${FOREIGN}'`]);
    expect(run.said).toContain(`image ${FOREIGN} is for linux/${architecture} (last: the engine runs linux/${here})`);
    expect(run.said).toContain(`docker pull --platform linux/${here}`);
    expect(run.exitCode).toBe(101);
    expect(await leftOf(run)).toEqual([]);
  });

  it.each([
    ['a service that the compose file does not have', 'wbe', 'web: { image: a }', 'did you mean web?'],
    ['a key that compose does not have', 'web', 'web: { image: a, pots: [80] }', 'did you mean ports?'],
    ['a variable that nobody has set', 'web', "web: { image: '${NO_SUCH_TAG}' }", 'NO_SUCH_TAG is not set'],
  ])('%s: exit 104', async (_, service, compose, says) => {
    const run = await spoilt([BUILD, `compose: compose.yaml\n  service: ${service}`], {
      'compose.yaml': `services:\n  ${compose}\n`,
    });
    expect(run.said).toMatch(/bad\.yaml:4:1 node: compose\.yaml/);
    expect(run.said).toContain(says);
    expect(run.exitCode).toBe(104);
    expect(await madeBy(run)).toBe(0);
  });
});
