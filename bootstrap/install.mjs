// Packages: `npm ci --ignore-scripts` when node_modules is missing or older than the lock file. Second step of the bootstrap.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quietly, tail } from './command.mjs';
import { withLock } from './lock.mjs';
import { ROOT } from './places.mjs';
import { Stop, step } from './say.mjs';

const LOCK_FILE = join(ROOT, 'package-lock.json');
const MODULES = join(ROOT, 'node_modules');
/** npm writes it as the last thing of an installation. */
const INSTALLED = join(MODULES, '.package-lock.json');
const STAMP = join(MODULES, '.remuster-stamp');
/** npm install writes both lock files within moments of each other, in any order. */
const SAME_MOMENT_MS = 2_000;

export function packagesAreCurrent() {
  if (!existsSync(INSTALLED)) return false;
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockHash()) return true;
  return statSync(INSTALLED).mtimeMs + SAME_MOMENT_MS >= statSync(LOCK_FILE).mtimeMs;
}

export async function ensurePackages() {
  if (packagesAreCurrent()) return;
  await withLock(join(ROOT, '.remuster', 'bootstrap.lock'), 'packages', async () => {
    if (packagesAreCurrent()) return;
    await step('installing packages (npm ci --ignore-scripts)', install);
    writeFileSync(STAMP, lockHash());
  });
}

async function install() {
  // npm ci begins by emptying the folder, and would empty whatever a link points at.
  if (lstatSync(MODULES, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new Stop(1, `${MODULES} is a symbolic link, and its packages do not fit the lock file`, 'remove the link');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  // Under `npm start` npm says where it is itself; else the one on the PATH.
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
    ? [process.execPath, [process.env.npm_execpath, ...args]]
    : ['npm', args];
  // As its own npm would be started: a `--prefix` or `--global` of the npm above us is not meant for this one.
  const env = { ...process.env, NODE_ENV: 'development' };
  for (const name of ['npm_config_prefix', 'npm_config_local_prefix', 'npm_config_global', 'npm_config_package'])
    delete env[name];
  const { code, said } = await quietly(npm[0], npm[1], { cwd: ROOT, env });
  if (code !== 0)
    throw new Stop(1, `npm ci failed with ${code}:\n${tail(said)}`, 'is there a way to the npm registry? npm ping');
}

function lockHash() {
  return createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex');
}
