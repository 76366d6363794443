// Bad input gets an answer: exit 104, file and line, what was found, the nearest known name. No engine is needed.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { remuster } from './remuster.js';

const GOOD = `name: good
nodes: 2
app: { kind: shop }
environments:
  only: { supervisor: systemd, server: puma }
load:
  requests: [{ path: / }]
  stages: [{ users: 4 }]
  think: 100ms
rounds:
  - { fault: kill, target: one, at: 3s }
`;

async function scenario(name: string, text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'remuster-bad-')), name);
  await writeFile(file, text);
  return file;
}

const CASES: readonly (readonly [string, string, string, RegExp])[] = [
  ['an unknown key', 'a.yaml', GOOD.replace('nodes: 2', 'nodez: 2'), /a\.yaml:2:\d+ .*nodez[\s\S]*nodes/],
  ['an unknown supervisor', 'a.yaml', GOOD.replace('systemd', 'sistemd'), /a\.yaml:5:\d+ [\s\S]*did you mean systemd/],
  ['negative users', 'a.yaml', GOOD.replace('users: 4', 'users: -1'), /a\.yaml:8:\d+ .*users/],
  ['an empty target', 'a.yaml', GOOD.replace('target: one', 'target: []'), /a\.yaml:11:\d+ .*target/],
  ['YAML with a tab', 'a.yaml', GOOD.replace('  only:', '\tonly:'), /a\.yaml:5:\d+ .*tab/i],
  [
    'a scenario that throws',
    'a.ts',
    "throw new Error('no such thing');\nexport default {};\n",
    /a\.ts:1[\s\S]*no such thing/,
  ],
];

describe('bad input', () => {
  it.each(CASES)('%s', async (_what, name, text, says) => {
    const { exitCode, stderr, stdout } = await remuster(['run', await scenario(name, text)]);
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(104);
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/^\s+at .*\(/m);
  });

  it('a missing file', async () => {
    const { exitCode, stderr } = await remuster(['run', 'no/such/file.yaml']);
    expect(exitCode).toBe(104);
    expect(stderr).toContain('no/such/file.yaml');
  });

  it('no engine', async () => {
    const { exitCode, stderr } = await remuster(['run', await scenario('a.yaml', GOOD)], {
      DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    });
    expect(exitCode).toBe(107);
    expect(stderr).toContain('doctor');
  });

  it('a good one is valid', async () => {
    const { exitCode, stderr } = await remuster(['validate', await scenario('a.yaml', GOOD)]);
    expect(exitCode, stderr).toBe(0);
  });
});
