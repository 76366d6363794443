// What of a user's folder goes into a build: what .dockerignore leaves; a link as a link, wherever it leads.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownContextPaths } from '../../../../harness/tier/images/own-context.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remuster-context-'));
  mkdirSync(join(folder, 'web', 'lib'), { recursive: true });
  for (const name of ['Dockerfile', 'web/app.py', 'web/lib/a.py', 'secret.txt']) writeFileSync(join(folder, name), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('leaves out what is ignored, but never the Dockerfile', () => {
  writeFileSync(join(folder, '.dockerignore'), 'secret.txt\nDockerfile\n');
  const paths = ['.dockerignore', 'Dockerfile', 'web', 'web/app.py', 'web/lib', 'web/lib/a.py'];
  expect(ownContextPaths(folder, 'Dockerfile')).toEqual(paths);
});

it('takes a link to a folder as the link that it is, also one that leads back', () => {
  symlinkSync(join(folder, 'web'), join(folder, 'node_modules'));
  symlinkSync('..', join(folder, 'web', 'up'));
  const paths = ownContextPaths(folder, 'Dockerfile');
  expect(paths).toContain('node_modules');
  expect(paths).toContain('web/up');
  expect(paths.filter((path) => /^(?:node_modules|web\/up)\//.test(path))).toEqual([]);
});
