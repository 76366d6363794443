// The package as strangers get it: packed, and installed into an empty folder without a dev dependency.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { root } from './remuster.js';

/** The folder; its node_modules has the package, its program and nothing of ours. */
export async function installPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'remuster-package-'));
  const packed = await execa('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ readonly filename: string }];
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
  await execa('npm', ['install', '--omit=dev', ...quiet, `./${filename}`], { cwd: folder });
  return folder;
}
