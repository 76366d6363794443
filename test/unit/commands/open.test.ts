// `remuster open`: the newest run's page, by the system's opener; its path where nobody could see it.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli.js';
import { openerOf } from '../../../harness/commands/open.js';
import { RunFolder } from '../../../harness/record/store.js';

let root: string;
let page: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'remuster-open-'));
  for (const runId of ['run-1', 'run-2']) {
    const folder = RunFolder.create(root, runId);
    const about = { schemaVersion: 1, runId, scenario: 's', file: 's.ts', seed: 1, startedAt: '' } as const;
    folder.saveMeta({ ...about, environments: [], leftBehind: [], unwritable: null });
    folder.publish({ runId, scenario: 's', verdict: 'pass', exitCode: 0 });
  }
  page = join(root, 'latest', 'report.html');
  writeFileSync(page, '<!doctype html>');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

async function remuster(env: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  const said = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => (said[name] += text),
    isTTY: false,
    columns: undefined,
  });
  const exitCode = await main(['open', ...argv, '--out', root], {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env,
    cwd: root,
  });
  return { ...said, exitCode };
}

/** An opener that writes down what it was given. */
function withOpener(): Readonly<Record<string, string>> {
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(join(root, name), `#!/bin/sh\nprintf %s "$1" > "${root}/opened"\n`);
    chmodSync(join(root, name), 0o755);
  }
  return { PATH: `${root}:/usr/bin:/bin`, DISPLAY: ':1' };
}

describe('remuster open', () => {
  it('hands the page of the newest run to the opener', async () => {
    expect(await remuster(withOpener())).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readFileSync(join(root, 'opened'), 'utf8')).toBe(page);
  });

  it('only prints with --print, and opens nothing', async () => {
    expect(await remuster(withOpener(), '--print')).toEqual({ exitCode: 0, stdout: `${page}\n`, stderr: '' });
    expect(existsSync(join(root, 'opened'))).toBe(false);
  });

  it('prints where there is no opener, and where there is no display', async () => {
    const without = await remuster({ PATH: root, DISPLAY: ':1' });
    expect(without).toMatchObject({ exitCode: 0, stdout: `${page}\n` });
    expect(without.stderr).toMatch(/is not installed/);
    expect(openerOf('linux', {})).toBeUndefined();
    expect(openerOf('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open']);
    expect(openerOf('darwin', {})).toEqual(['open']);
  });

  it('says how to make a page that is not there, and which runs there are', async () => {
    const missing = await remuster({}, 'run-1');
    expect(missing).toMatchObject({ exitCode: 104 });
    expect(missing.stderr).toContain('remuster report run-1 makes it');
    expect((await remuster({}, 'run-9')).stderr).toContain('known: ');
  });
});
