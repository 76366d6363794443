// Where k6 is looked for, and what is said when it is not there or is not what it should be.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HarnessError } from '../../../../harness/core/errors.js';
import { findK6 } from '../../../../harness/load/k6/find.js';

const { signal } = new AbortController();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remuster-k6-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that says what `k6 version` would. */
function program(name: string, says: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(path, 0o755);
  return path;
}

async function refusal(env: Readonly<Record<string, string>>): Promise<HarnessError> {
  const error: unknown = await findK6(env, signal).catch((thrown: unknown) => thrown);
  if (!(error instanceof HarnessError)) throw new Error('not refused');
  return error;
}

it('takes REMUSTER_K6 before the PATH', async () => {
  const named = program('my-k6', 'k6 v1.8.1 (go1.25, linux/amd64)');
  const onPath = program('k6', 'k6 v2.3.0 (go1.26, linux/amd64)');
  expect(await findK6({ REMUSTER_K6: named, PATH: folder }, signal)).toEqual({ path: named, version: '1.8.1' });
  expect(await findK6({ PATH: `/nonexistent:${folder}` }, signal)).toEqual({ path: onPath, version: '2.3.0' });
});

it('says how to get it, with the exit code of a machine that lacks something', async () => {
  const error = await refusal({ PATH: folder });
  expect(error.exitCode).toBe(107);
  expect(error.message).toMatch(/not on the PATH/);
  expect(error.hint).toMatch(/install it .*REMUSTER_K6/);
});

it('does not look elsewhere when REMUSTER_K6 leads nowhere', async () => {
  program('k6', 'k6 v1.8.1');
  expect((await refusal({ REMUSTER_K6: join(folder, 'absent'), PATH: folder })).message).toMatch(
    /REMUSTER_K6 is .*absent/,
  );
});

it('refuses another program of that name, and a k6 that is too old', async () => {
  expect((await refusal({ REMUSTER_K6: program('k6', 'kay six 3') })).message).toMatch(/is not k6/);
  expect((await refusal({ REMUSTER_K6: program('k6', 'k6 v0.49.0 (go1.21)') })).message).toMatch(
    /0\.49\.0; 1\.0 or later/,
  );
});
