// Nodes of the user's own, on images to which remuster adds nothing: Debian's nginx under its own unit (which does not bring
// it back), gunicorn under a supervisord that is found by looking, and what is said of nodes that are not as described.
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import type { RunResult } from '../../harness/verdict/model.js';
import { remuster, resultsFolder, root, type Ended } from './remuster.js';

const FULL = process.env['REMUSTER_TEST'] === 'full';
const OWN = join(root, 'test', 'e2e', 'fixtures', 'own');
/** Supervisors that live in a node. */
const KINDS = ['systemd', 'supervisord', 'runit', 's6', 'daemontools', 'monit', 'bluepill', 'pm2'];
let images: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  const runtime = await connectDocker();
  const tag = (name: string): Promise<string> => runtime.ensureImage(name, () => undefined);
  images = {
    NODE_WEB_SYSTEMD: await tag('node-web+systemd'),
    NODE_PYTHON_SUPERVISORD: await tag('node-python+supervisord'),
    ...(FULL ? await imagesForAll(tag) : {}),
  };
});

/** Those of the fixtures that only the full suite plays. */
async function imagesForAll(tag: (name: string) => Promise<string>): Promise<Readonly<Record<string, string>>> {
  const all: Record<string, string> = {
    BASE: await tag('base'),
    PLAIN: await tag('node-python'),
    NODE_NODE_PM2: await tag('node-node+pm2'),
    NODE_RUBY_RUNIT: await tag('node-ruby+runit'),
  };
  for (const kind of KINDS) all[kind.toUpperCase()] = await tag(`node-python+${kind}`);
  return all;
}

async function play(file: string): Promise<Ended> {
  return remuster(['run', file, '--json', '--out', await resultsFolder()], images);
}

/** A fixture with some of its text changed, beside the folders that it names. */
async function changed(name: string, [from, to]: readonly [string, string]): Promise<string> {
  const whole = (await readFile(join(OWN, name), 'utf8')).replaceAll('context: ./', `context: ${OWN}/`);
  expect(whole).toContain(from);
  const text = whole.replaceAll(from, to);
  const file = join(await mkdtemp(join(tmpdir(), 'remuster-own-')), name);
  await writeFile(file, text);
  return file;
}

describe.concurrent("a node of the user's own", () => {
  it("Debian's nginx is not brought back by its unit, and is by a drop-in that is mounted", async () => {
    const { exitCode, stdout, stderr } = await play(join(OWN, 'nginx.yaml'));
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('every-node-returns');
  });

  it('gunicorn under a supervisord that is found by looking: crashed, and restarted by command', async () => {
    const { exitCode, stderr } = await play(join(OWN, 'gunicorn.yaml'));
    expect(stderr).toContain('the supervisor is supervisord');
    expect(exitCode, stderr).toBe(0);
  });

  const wrong: ReadonlyArray<readonly [string, readonly [string, string], RegExp]> = [
    ['a wrong kind', ['supervisor: detect', 'supervisor: runit'], /kind: 'supervisord', program: 'api'/],
    [
      'a program that is not there',
      ['{ supervisor: detect }', '{ supervisor: { kind: supervisord, program: web } }'],
      /program: 'api'/,
    ],
    ['a port nobody listens on', ['port: 8000', 'port: 8001\n  boot: 3s'], /port 8001/],
  ];
  it.each(FULL ? wrong : wrong.slice(1))('%s is told before the load starts', async (_, change, says) => {
    const { exitCode, stdout, stderr } = await play(await changed('gunicorn.yaml', change));
    expect(`${stdout}${stderr}`).toMatch(says);
    expect(exitCode).toBe(101);
  });

  it.runIf(FULL)('every supervisor is named rightly on an image of somebody else', async () => {
    const { exitCode, stdout, stderr } = await remuster(['detect', join(OWN, 'detect.yaml'), '--json'], images);
    expect(exitCode, stderr).toBe(0);
    const { environments } = JSON.parse(stdout) as { environments: Record<string, { readonly kind: string }> };
    expect(Object.entries(environments).map(([name, { kind }]) => [name, kind])).toEqual(
      Object.keys(environments).map((name) => [name, name]),
    );
    expect(Object.keys(environments).sort()).toEqual([...KINDS, 'docker'].sort());
  });

  it.runIf(FULL).each(['pm2-cluster.yaml', 'nginx-puma.yaml'])('%s comes out as it must', async (name) => {
    const { exitCode, stderr } = await play(join(OWN, name));
    expect(exitCode, stderr).toBe(0);
  });

  describe("a user's own HAProxy configuration", () => {
    /** The fixture beside a configuration that is changed. */
    const withConfig = async (from: string, to: string): Promise<Ended> => {
      const text = await readFile(join(OWN, 'haproxy', 'haproxy.cfg'), 'utf8');
      expect(text).toContain(from);
      const config = join(await mkdtemp(join(tmpdir(), 'remuster-edge-')), 'edge.cfg');
      await writeFile(config, text.replace(from, to));
      return play(await changed('own-haproxy.yaml', ['./haproxy/haproxy.cfg', config]));
    };

    it.runIf(FULL)('balances a healthy tier, whose killed servers come back', async () => {
      const { exitCode, stdout, stderr } = await play(join(OWN, 'own-haproxy.yaml'));
      expect(exitCode, stderr).toBe(0);
      const { environments } = JSON.parse(stdout) as RunResult;
      expect(environments.map(({ verdict, receipts }) => [verdict, receipts.length])).toEqual([['pass', 2]]);
    });

    it.runIf(FULL)('its checks decide who is up', async () => {
      const { exitCode, stdout } = await withConfig('httpchk GET /', 'httpchk GET /broken');
      expect(stdout).toMatch(/not up: web-1, web-2.*Layer7 wrong status, code: 500/);
      expect(exitCode).toBe(101);
    });

    it.runIf(FULL)("what HAProxy does not take is told with HAProxy's words and the line of the file", async () => {
      const { exitCode, stdout } = await withConfig('balance leastconn', 'balance leastcon');
      expect(stdout).toMatch(/edge\.cfg:34: \\"balance leastcon\\": balance only supports 'roundrobin'/);
      expect(exitCode).toBe(101);
    });
  });

  it.runIf(FULL)('what init writes for a compose file with redis works at first go', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'remuster-compose-'));
    await cp(join(OWN, 'compose-redis'), folder, { recursive: true });
    const init = await remuster(['init', '--yes'], images, folder);
    expect(init.exitCode, init.stderr).toBe(0);
    expect(init.stderr).toContain('not used: docker-compose.yml: web.logging');
    const scenario = await readFile(join(folder, 'remuster.yaml'), 'utf8');
    expect(scenario).toMatch(/kind: runit[^]*path: \/up/);
    const run = await remuster(['run', '--json', '--out', 'results'], images, folder);
    expect(run.exitCode, run.stderr).toBe(0);
    const { environments } = JSON.parse(run.stdout) as RunResult;
    expect(environments.map(({ verdict, receipts }) => [verdict, receipts.length])).toEqual([['pass', 3]]);

    // Without redis beside it the server does not start: it was really there before.
    const compose = await readFile(join(folder, 'docker-compose.yml'), 'utf8');
    await writeFile(join(folder, 'docker-compose.yml'), compose.replace(/^ +depends_on.*\n/m, ''));
    await writeFile(join(folder, 'alone.yaml'), scenario.replace('  port: 8000', '  boot: 5s\n  port: 8000'));
    const alone = await remuster(['run', 'alone.yaml', '--out', 'results'], images, folder);
    expect(`${alone.stdout}${alone.stderr}`).toMatch(/gaierror|redis/);
    expect(alone.exitCode).toBe(101);
  });

  it('a build that fails is told with its last lines', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'remuster-build-'));
    await writeFile(join(folder, 'Dockerfile'), 'ARG BASE\nFROM ${BASE}\nRUN echo the very reason; exit 3\n');
    const { exitCode, stdout, stderr } = await play(await changed('gunicorn.yaml', [`${OWN}/gunicorn`, folder]));
    expect(`${stdout}${stderr}`).toContain('the very reason');
    expect(exitCode).toBe(101);
  });
});
