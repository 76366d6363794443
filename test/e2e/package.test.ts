// The package as strangers get it: packed, installed into an empty folder, without a dev dependency; the program, the
// library and its types, and (in the full suite) a vitest suite of theirs that is green on a fixed tier and red on a broken one.
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { installPackage } from './installed.js';
import { root } from './remuster.js';

const FULL = process.env['REMUSTER_TEST'] === 'full';
const MEGABYTE = 1_000_000;
let folder = '';

async function inFolder(command: string, ...argv: readonly string[]) {
  return execa(command, argv, { cwd: folder, reject: false, all: true, stdin: 'ignore', env: { CI: 'true' } });
}

beforeAll(async () => {
  folder = await installPackage();
});

async function sizeOf(path: string): Promise<number> {
  const { stdout } = await execa('du', ['-sb', path]);
  return Number(stdout.split('\t')[0]);
}

describe('the package in an empty folder', () => {
  it('brings its program, docker files and scenarios, no tests and no tools of ours, in 60 MB', async () => {
    const names = await readdir(join(folder, 'node_modules', 'remuster'));
    expect(names).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'bin', 'dist', 'docker', 'docs', 'page', 'scenarios']),
    );
    expect(names).not.toContain('test');
    const installed = await readdir(join(folder, 'node_modules'));
    for (const tool of ['vitest', 'eslint', 'prettier']) expect(installed).not.toContain(tool);
    expect(await sizeOf(join(folder, 'node_modules'))).toBeLessThan(60 * MEGABYTE);
    const text = await readFile(join(folder, 'node_modules', 'remuster', 'package.json'), 'utf8');
    expect(Object.keys((JSON.parse(text) as { scripts: object }).scripts)).not.toContain('postinstall');
  });

  it('writes a scenario and finds it right; a TypeScript scenario gets remuster without installing anything', async () => {
    const flags = ['--image', 'web:1', '--port', '8080', '--supervisor', 'systemd', '--ci', 'gitlab'];
    const init = await inFolder('npx', 'remuster', 'init', ...flags);
    expect(init.exitCode, init.all).toBe(0);
    const validated = await inFolder('npx', 'remuster', 'validate');
    expect(validated.exitCode, validated.all).toBe(0);
    await cp(join(root, 'scenarios', 'kill-one.ts'), join(folder, 'kill-one.ts'));
    const typed = await inFolder('npx', 'remuster', 'validate', 'kill-one.ts');
    expect(typed.exitCode, typed.all).toBe(0);
  });

  it('is a library with types', async () => {
    await writeFile(
      join(folder, 'use.ts'),
      `import { defineScenario, environmentOf, run, HarnessError } from 'remuster';
const scenario = defineScenario({ name: 'x', nodes: 2, environments: { e: { supervisor: 'systemd', server: 'puma' } },
  load: { stages: [{ users: 1 }] }, rounds: [{ fault: 'kil', target: 'each' }] });
const played: Promise<string> = run(scenario, { seed: 3, maxTime: '5m' }).then((result) => environmentOf(result, 'e').verdict);
played.catch((error: unknown) => console.log(error instanceof HarnessError ? error.code + ': ' + error.message : error));
`,
    );
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const flags = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--lib', 'es2022,dom'];
    const checked = await inFolder(process.execPath, tsc, ...flags, 'use.ts');
    expect(checked.exitCode, checked.all).toBe(0);
    const used = await inFolder(process.execPath, 'use.js');
    expect(used.all).toMatch(/^invalid: a scenario in code {2}rounds\[0\]\.fault: "kil" is not a fault/);
    expect(used.all).toContain('did you mean kill?');
  });

  it.skipIf(!FULL)(
    'a suite of theirs is green on the fixed tier and red, with the reason, on the broken one',
    async () => {
      await execa('npm', ['install', '--no-audit', '--no-fund', 'vitest@4'], { cwd: folder });
      await writeFile(
        join(folder, 'restart.test.ts'),
        `import { environmentOf, run } from 'remuster';
import 'remuster/vitest';
import { beforeAll, expect, it } from 'vitest';
let result;
beforeAll(async () => {
  result = await run('node_modules/remuster/scenarios/traps/T36-no-restart.ts');
}, 600_000);
it.each(['fixed', 'broken'])('every node returns: %s', (name) => {
  expect(environmentOf(result, name)).toReturnEveryNode();
});
`,
      );
      const suite = await inFolder('npx', 'vitest', 'run');
      expect(suite.exitCode).toBe(1);
      expect(suite.all).toMatch(/1 failed.*1 passed/);
      expect(suite.all).toMatch(/expected the tier to return every node[^]*broken: FAIL/);
    },
  );
});
