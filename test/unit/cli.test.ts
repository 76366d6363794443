// The program as a user meets it: what it prints where, and the exit code that it ends with.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { main } from '../../harness/cli.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const empty = mkdtempSync(join(tmpdir(), 'remuster-cli-'));
afterAll(() => rmSync(empty, { recursive: true }));

async function remuster(
  argv: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
) {
  const out: string[] = [];
  const err: string[] = [];
  const into = (lines: string[]) => ({ write: (text: string) => lines.push(text), isTTY: false, columns: undefined });
  const exitCode = await main(argv, {
    stdout: into(out),
    stderr: into(err),
    env: options.env ?? {},
    cwd: options.cwd ?? root,
  });
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}

test('--version and --help are answers: standard output, exit 0', async () => {
  const version = await remuster(['--version']);
  expect(version).toMatchObject({ exitCode: 0, stderr: '' });
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const help = await remuster(['--help']);
  expect(help).toMatchObject({ exitCode: 0, stderr: '' });
  expect(help.stdout).toContain('Example:');
});

test('every command that --help names has a help of its own, with an example', async () => {
  const names = (await remuster(['--help'])).stdout.match(/^ {2}([a-z]+)(?= .*)/gm)!.map((line) => line.trim());
  expect(names).toEqual(expect.arrayContaining(['run', 'plan', 'validate', 'list', 'report', 'clean', 'doctor']));
  for (const name of names.filter((each) => each !== 'help' && each !== 'remuster')) {
    const help = await remuster([name, '--help']);
    expect(help, name).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout, name).toMatch(new RegExp(`Example:\\n {2}\\$ remuster ${name}`));
  }
});

test('an unknown command: the nearest one, exit 2', async () => {
  const { exitCode, stdout, stderr } = await remuster(['validat', 'x.ts']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^remuster: "validat" is not a command\n {2}known: .* did you mean validate\?\n$/);
});

test.each([
  [['plan']],
  [['plan', 'x.ts', '--sed', '7']],
  [['plan', 'x.ts', '--seed', 'seven']],
  [['list', 'foults']],
  [[]],
])('usage errors end with 2 and leave standard output alone: %j', async (argv) => {
  const { exitCode, stdout, stderr } = await remuster(argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).not.toBe('');
});

test('an invalid scenario ends with 104, every error on a line, and no stack trace', async () => {
  writeFileSync(
    join(empty, 'bad.yaml'),
    'name: x\nnodes: 2\nenvironments: { a: { supervisor: sytemd, server: puma } }\nload: { stages: [{ users: -1 }] }\nrounds: [{ fault: kill, target: one }]\n',
  );
  const { exitCode, stdout, stderr } = await remuster(['validate', 'bad.yaml'], { cwd: empty });
  expect({ exitCode, stdout }).toEqual({ exitCode: 104, stdout: '' });
  expect(stderr.split('\n')).toEqual([
    'bad.yaml:3:22  environments.a.supervisor: "sytemd" is not a supervisor',
    expect.stringMatching(/^ {2}known: .*systemd {5}did you mean systemd\?$/),
    'bad.yaml:4:20  load.stages[0].users: -1 is out of range; at least 0',
    'exit 104',
    '',
  ]);
  const debug = await remuster(['validate', 'bad.yaml'], { cwd: empty, env: { REMUSTER_DEBUG: '1' } });
  expect(debug.stderr).toMatch(/\n {4}at /);
});

const scenarios = readdirSync(join(root, 'scenarios'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);

test.each(scenarios)('scenarios/%s is valid', async (name) => {
  expect(await remuster(['validate', `scenarios/${name}`])).toMatchObject({ exitCode: 0, stderr: '' });
});

test('plan prints the same for the same seed, and JSON on request', async () => {
  const argv = ['plan', 'scenarios/supervisor-swap.ts', '--env', 'production', '--seed', '7'];
  const first = await remuster(argv);
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(first.stdout).toContain('supervisor-swap  production  seed 7');
  expect((await remuster(argv)).stdout).toBe(first.stdout);
  const json = JSON.parse((await remuster([...argv, '--json'])).stdout) as { plans: { plan: { nodes: string[] } }[] };
  expect(json.plans.map(({ plan }) => plan.nodes)).toEqual([['web-1', 'web-2', 'web-3', 'web-4']]);
  const explained = await remuster([...argv, '--explain']);
  expect(explained.stdout).toMatch(/ {2}seed +7 +flag --seed\n/);
  expect(explained.stdout).toMatch(
    /supervisor\.options\.memoryLimit +\S+ +scenario: environments\.production\.supervisor\.memoryLimit/,
  );
});

test('an environment that the scenario does not have is a usage error with the nearest name', async () => {
  const { exitCode, stderr } = await remuster(['plan', 'scenarios/supervisor-swap.ts', '--env', 'prodution']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('did you mean production?');
});

test('list names what scenarios can use, in words and as JSON', async () => {
  const { stdout } = await remuster(['list']);
  for (const name of [
    'systemd',
    'bluepill',
    'unicorn',
    'puma',
    'policy-restart',
    'every-node-returns',
    'scenarios/kill-one.ts',
  ]) {
    expect(stdout).toContain(name);
  }
  const json = JSON.parse((await remuster(['list', 'faults', '--json'])).stdout) as {
    faults: { name: string; summary: string }[];
  };
  expect(json.faults.map(({ name }) => name)).toContain('kill');
});

test('a sample is found by its name from any folder, and that is told; a file of that name here comes first', async () => {
  const sample = await remuster(['validate', 'scenarios/kill-one.ts'], { cwd: empty });
  expect(sample).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('scenarios/kill-one.ts is valid') as string,
  });
  expect(sample.stderr).toMatch(/^remuster: scenarios\/kill-one\.ts is not here; this is the sample that comes with/);
  const listed = await remuster(['list', 'scenarios'], { cwd: empty });
  expect(listed.stdout).toContain('scenarios/kill-one.ts');
  const unknown = await remuster(['validate', 'scenarios/kill-none.ts'], { cwd: empty });
  expect(unknown).toMatchObject({ exitCode: 104, stderr: expect.stringContaining('there is no such file') as string });
});
