// `parity` and `lint` as a user meets them: what comes first, what follows from what, how bad names are told, exit codes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { main } from '../../../harness/cli.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'remuster-parity-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SWAP = join(root, 'scenarios/supervisor-swap.ts');

async function remuster(...argv: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const into = (lines: string[]) => ({ write: (text: string) => lines.push(text), isTTY: false, columns: undefined });
  const exitCode = await main(argv, { stdout: into(out), stderr: into(err), env: {}, cwd: root });
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}

interface Told {
  readonly differences: readonly {
    readonly path: string;
    readonly of: string | null;
    readonly with: string | null;
    readonly traps: readonly { readonly trap: string; readonly environment: string; readonly scenario: string }[];
    readonly follows: readonly { readonly path: string }[];
  }[];
}

const parity = async (file: string, of: string, other: string): Promise<Told> =>
  JSON.parse((await remuster('parity', file, '--of', of, '--with', other, '--json')).stdout) as Told;

test('the mistake of the incident comes first, though the setting is the same on both sides', async () => {
  const { exitCode, stdout } = await remuster('parity', SWAP, '--of', 'release', '--with', 'production');
  expect(exitCode).toBe(99);
  expect(stdout).toMatch(/\n1\. server\.daemonize {2}false in both, a trap in one\n {3}TRAP T02 in production/);
  expect(stdout).toContain('show me: remuster run scenarios/traps/T02-foreground-unread-output.ts');
  const { differences } = await parity(SWAP, 'release', 'production');
  expect(differences.map(({ path }) => path)).toEqual(['server.daemonize', 'supervisor', 'deployedOver']);
  // Another supervisor is one difference, however much follows from it.
  expect(differences[1]?.follows.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['supervisor policies', '/etc/systemd/system/web.service', '/etc/bluepill/shop.pill']),
  );
  expect(stdout.split('\n').length).toBeLessThan(40);
});

test('two environments that differ in one setting differ in one thing, down to argv and pill', async () => {
  const { differences } = await parity(SWAP, 'production-fixed', 'production');
  expect(differences).toMatchObject([
    { path: 'server.daemonize', of: 'true', with: 'false', traps: [{ trap: 'T02', environment: 'production' }] },
  ]);
  expect(differences[0]?.follows.map(({ path }) => path)).toEqual(['argv', 'daemonizes', '/etc/bluepill/shop.pill']);
});

const scenario = (environments: object): string =>
  JSON.stringify({
    name: 'x',
    nodes: 1,
    environments,
    load: { stages: [{ users: 1 }] },
    rounds: [{ fault: 'kill', target: 'one' }],
  });

test('secrets leave no trace in clear, neither as variables nor in the texts of unit and pill', async () => {
  const file = join(folder, 'secret.json');
  const systemd = { supervisor: 'systemd', server: 'puma' };
  writeFileSync(
    file,
    scenario({
      a: { ...systemd, env: { API_TOKEN: `one"1'` } },
      b: { ...systemd, env: { API_TOKEN: `two"2'` } },
      c: { supervisor: 'bluepill', server: 'puma', env: { API_TOKEN: `one"1'` } },
      d: { ...systemd, env: { API_TOKEN: `one"1'` } },
    }),
  );
  const changed = await remuster('parity', file, '--of', 'a', '--with', 'b', '--text');
  expect(changed).toMatchObject({ exitCode: 99 });
  expect(changed.stdout).toContain('1. env.API_TOKEN  hash:');
  const swapped = await remuster('parity', file, '--of', 'a', '--with', 'c', '--text');
  expect(swapped.stdout).toContain("'API_TOKEN' => 'hash:");
  for (const { stdout } of [changed, swapped]) expect(stdout).not.toMatch(/one.{0,2}"|two.{0,2}"/);
  expect(await remuster('parity', file, '--of', 'a', '--with', 'd')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^a \| d: no difference\n/) as string,
  });
});

test.each([
  [['--of', 'releas', '--with', 'production'], /--of: "releas" is not an environment.*\n.*did you mean release\?/],
  [['--of', 'release', '--with', 'prodution'], /--with: "prodution" .*\n.*did you mean production\?/],
  [['--of', 'release', '--with', 'release'], /both name "release": there is nothing to compare/],
  [['--of', 'release', '--with', 'absent.json'], /absent\.json cannot be read/],
  [['--of', 'release', '--with', 'package.json'], /package\.json is not a snapshot/],
])('parity %j is bad input: 104, and nothing on standard output', async (argv, message) => {
  const { exitCode, stdout, stderr } = await remuster('parity', SWAP, ...argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 104, stdout: '' });
  expect(stderr).toMatch(message);
});

test('lint: an error ends with 99, warnings alone do not, an unknown environment is bad input', async () => {
  const whole = await remuster('lint', SWAP);
  expect(whole.exitCode).toBe(99);
  expect(whole.stdout).toMatch(/production:\n {2}error {2}server\.daemonize false {3}foreground-unread-output \(T02\)/);
  const release = await remuster('lint', SWAP, '--env', 'release');
  expect(release.exitCode).toBe(0);
  expect(release.stdout).toContain('warning');
  expect(await remuster('lint', SWAP, '--env', 'production-fixed')).toMatchObject({
    exitCode: 0,
    stdout: 'production-fixed: no known trap\n',
  });
  expect(await remuster('lint', SWAP, '--env', 'prod')).toMatchObject({ exitCode: 104, stdout: '' });
});

test('snapshot prints a script; a service name that would be shell is refused', async () => {
  const { exitCode, stdout } = await remuster('snapshot', '--service', 'unicorn');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^#!\/bin\/sh\n/);
  expect(stdout).toContain('wanted=${1-unicorn}');
  expect(await remuster('snapshot', '--service', '$(reboot)')).toMatchObject({ exitCode: 2, stdout: '' });
});
