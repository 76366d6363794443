// The container engine: one that answers is used as it is. None, Debian or Ubuntu, and root: it is installed and started.
// Anything else ends with the way out. Last step of the bootstrap, and the only place that installs anything.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { quietly, tail } from './command.mjs';
import { startDockerd } from './dockerd.mjs';
import { withLock } from './lock.mjs';
import { DIST, stateFolder } from './places.mjs';
import { say, Stop, step } from './say.mjs';

export async function ensureEngine() {
  const { connectEngine } = await fromDist('tier/runtime/docker.js');
  const failure = await connectEngine().then(
    () => undefined,
    (error) => error,
  );
  if (failure === undefined) return;
  await makeEngine(failure, connectEngine);
}

async function makeEngine(failure, connectEngine) {
  const { findEndpoint } = await fromDist('tier/runtime/endpoint.js');
  const answers = () =>
    connectEngine().then(
      () => true,
      () => false,
    );
  // Somebody chose that engine: another one in its place would not be what they asked for.
  if (failure.exitCode !== 107 || findEndpoint().from !== 'default socket') throw failure;
  if (process.platform !== 'linux' || process.getuid() !== 0 || !isDebianLike()) throw failure;
  await withLock(join(stateFolder(), 'engine.lock'), 'engine', async () => {
    if (await answers()) return;
    if (!(await isInstalled('dockerd'))) {
      say('no container engine here: this is Debian or Ubuntu, and root, so one is installed');
      await installPackages(['docker.io', 'iptables']);
      // Where systemd runs, the package has started it.
    }
    if (!(await answers())) await step('starting the engine', () => startDockerd(answers));
  });
}

/** mmdebstrap, where it will be needed: the base image can neither be found nor pulled. */
export async function ensureBaseImageCanBeMade() {
  const { connectEngine } = await fromDist('tier/runtime/docker.js');
  const { baseNeedsMmdebstrap } = await fromDist('tier/images/ensure.js');
  const { docker } = await connectEngine();
  if (!(await baseNeedsMmdebstrap(docker, say))) return;
  if (process.platform === 'linux' && process.getuid() === 0 && isDebianLike()) {
    await withLock(join(stateFolder(), 'engine.lock'), 'mmdebstrap', async () => {
      if (!(await isInstalled('mmdebstrap'))) await installPackages(['mmdebstrap', 'debian-archive-keyring']);
    });
  }
}

async function installPackages(names) {
  await step(`installing ${names.join(' and ')} (apt-get)`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    // Another apt may be at work, on a fresh machine most of all.
    const apt = (...args) => quietly('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], { env });
    await apt('update'); // A list that cannot be fetched may still be there from before.
    const { code, said } = await apt('install', '-y', '--no-install-recommends', ...names);
    if (code !== 0)
      throw new Stop(
        107,
        `apt-get install ${names.join(' ')} failed:\n${tail(said)}`,
        'install them by hand, then again',
      );
  });
}

async function isInstalled(command) {
  return (await quietly('sh', ['-c', `command -v ${command}`])).code === 0;
}

/** os-release(5). */
function isDebianLike() {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(text) && existsSync('/usr/bin/apt-get');
}

/** The program's own way of finding an engine, so that there is one; it is built by now. */
function fromDist(path) {
  return import(pathToFileURL(join(DIST, 'harness', path)).href);
}
