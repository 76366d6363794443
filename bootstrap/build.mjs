// The build: tsc into dist/, when the sources are not those that dist/ was built from. Third step of the bootstrap.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quietly, tail } from './command.mjs';
import { withLock } from './lock.mjs';
import { DIST, ROOT } from './places.mjs';
import { Stop, step } from './say.mjs';

const STAMP = '.built-from';

export function buildIsCurrent() {
  const stamp = join(DIST, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash();
}

export async function ensureBuild() {
  if (buildIsCurrent()) return;
  await withLock(join(ROOT, '.remuster', 'bootstrap.lock'), 'build', async () => {
    if (!buildIsCurrent()) await step('building (tsc)', build);
  });
}

/** Into a new folder, then swapped: whoever starts from dist/ in this moment sees the old one or the new one, whole. */
async function build() {
  const [fresh, old] = [`${DIST}.new`, `${DIST}.old`];
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  const hash = sourcesHash();
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, said } = await quietly(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], {
    cwd: ROOT,
  });
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Stop(1, `the build failed:\n${tail(said, 30)}`, 'npm run lint shows the same, with more');
  }
  writeFileSync(join(fresh, STAMP), hash);
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(fresh, DIST);
  rmSync(old, { recursive: true, force: true });
}

/** Contents and not times: a checkout changes the times of files that are the same. */
function sourcesHash() {
  const hash = createHash('sha256').update(process.version);
  const sources = readdirSync(join(ROOT, 'harness'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  for (const path of [...sources, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map(absolute)) {
    hash.update(`${path.slice(ROOT.length)}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function absolute(path) {
  return path.startsWith(ROOT) ? path : join(ROOT, path);
}
