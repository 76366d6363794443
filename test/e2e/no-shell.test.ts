// An image without a shell (distroless): it is booted, loaded and restarted; claims about processes are not observed, and so
// the verdict is inconclusive, never a pass, a failure or a crash. Needs a C compiler, for a static program of its own.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../harness/verdict/model.js';
import { loadImage } from './docker-archive.js';
import { remuster, resultsFolder, root } from './remuster.js';

const OWN = join(root, 'test', 'e2e', 'fixtures', 'own');
const { failed: isWithoutCompiler } = await execa('gcc', ['--version'], { reject: false });
const isPlayed = process.env['REMUSTER_TEST'] === 'full' && !isWithoutCompiler;
const NO_SHELL = `remuster-test-no-shell:${randomBytes(4).toString('hex')}`;
const docker = new Dockerode();

describe.runIf(isPlayed)('an image without a shell', () => {
  beforeAll(async () => {
    const program = join(await mkdtemp(join(tmpdir(), 'remuster-no-shell-')), 'server');
    await execa('gcc', ['-static', '-O2', '-o', program, join(OWN, 'no-shell', 'server.c')]);
    const { Arch: architecture } = await docker.version();
    const files = { server: await readFile(program) };
    await loadImage(docker, { tag: NO_SHELL, architecture, command: ['/server'], files });
  });
  afterAll(() => docker.getImage(NO_SHELL).remove());

  it('what cannot be seen is not observed, and the run is inconclusive', async () => {
    const { exitCode, stdout, stderr } = await remuster(
      ['run', join(OWN, 'no-shell.yaml'), '--json', '--out', await resultsFolder()],
      { NO_SHELL },
    );
    expect(exitCode, stderr).toBe(100);
    expect(stderr).toMatch(/web-\d: its image has no sh; its processes cannot be seen/);
    const [only] = (JSON.parse(stdout) as RunResult).environments;
    expect(only?.verdict).toBe('inconclusive');
    const [receipt] = only?.receipts ?? [];
    const states = Object.fromEntries(receipt?.claims.map(({ id, state }) => [id, state]) ?? []);
    expect(states).toMatchObject({
      'old-gone': 'not-observed',
      'owns-socket': 'not-observed',
      'same-service': 'not-observed',
      answers: 'not-observed',
      'balancer-up': 'held',
    });
    expect(Object.values(states)).not.toContain('broken');
    // A signal needs somebody in the node who sends it.
    expect(only?.findings.map(({ message }) => message).join(' ')).toMatch(/The fault kill missed web-\d/);
  });

  it('detect says who restarts it, and that nobody could look inside', async () => {
    const { exitCode, stdout } = await remuster(['detect', join(OWN, 'no-shell.yaml')], { NO_SHELL });
    expect(stdout).toMatch(/supervisor: docker\n {2}because its image has no sh/);
    expect(exitCode).toBe(0);
  });
});
