// The Debian that the base image stands on: pulled where a registry answers within seconds, else made with mmdebstrap.
// ensure.ts asks for it when the base has to be built; the bootstrap asks whether mmdebstrap will be needed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { monotonicMs } from '../../core/clock.js';
import { HarnessError, messageOf } from '../../core/errors.js';
import { formatMs } from '../../core/units.js';
import { statusOf } from '../runtime/engine-errors.js';
import { aptSettings } from './host-settings.js';

const SUITE = 'bookworm';
const PULLED = `debian:${SUITE}-slim`;
const MADE = `remuster-origin:${SUITE}`;
/** A registry that has said nothing by then is not there; behind a firewall it would take minutes to say so. */
const FIRST_WORD_MS = 6_000;
const PULL_MS = 300_000;

type Progress = (line: string) => void;

/** The origin that is there, or can be pulled; undefined when it has to be made. */
export async function findOrigin(
  docker: Dockerode,
  progress: Progress,
  signal?: AbortSignal,
): Promise<string | undefined> {
  for (const tag of [PULLED, MADE]) if (await imageExists(docker, tag)) return tag;
  return (await pull(docker, progress, signal)) ? PULLED : undefined;
}

export async function ensureOrigin(docker: Dockerode, progress: Progress, signal?: AbortSignal): Promise<string> {
  return (await findOrigin(docker, progress, signal)) ?? (await make(docker, progress, signal));
}

export function hasMmdebstrap(): boolean {
  return spawnSync('mmdebstrap', ['--version'], { stdio: 'ignore' }).status === 0;
}

export async function imageExists(docker: Dockerode, tag: string): Promise<boolean> {
  try {
    await docker.getImage(tag).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

async function pull(docker: Dockerode, progress: Progress, signal: AbortSignal | undefined): Promise<boolean> {
  const startedAt = monotonicMs();
  const time = new AbortController();
  let timer = setTimeout(() => time.abort(new Error(`no answer in ${formatMs(FIRST_WORD_MS)}`)), FIRST_WORD_MS);
  const abortSignal = signal ? AbortSignal.any([signal, time.signal]) : time.signal;
  try {
    const stream = await docker.createImage({ fromImage: 'debian', tag: `${SUITE}-slim`, abortSignal });
    clearTimeout(timer);
    timer = setTimeout(() => time.abort(new Error(`not done in ${formatMs(PULL_MS)}`)), PULL_MS);
    progress(`pulling ${PULLED}`);
    let rest = '';
    for await (const chunk of stream) {
      rest = (rest + String(chunk)).slice(-2_000);
      const failure = /"error":"([^"]*)"/.exec(rest);
      if (failure) throw new Error(failure[1]);
    }
    progress(`pulled ${PULLED} in ${formatMs(monotonicMs() - startedAt)}`);
    return await imageExists(docker, PULLED);
  } catch (error) {
    signal?.throwIfAborted();
    const reason: unknown = time.signal.aborted ? time.signal.reason : error;
    progress(`no registry answers for ${PULLED} (${messageOf(reason).trim()})`);
    return false;
  } finally {
    clearTimeout(timer);
  }
}

async function make(docker: Dockerode, progress: Progress, signal: AbortSignal | undefined): Promise<string> {
  if (!hasMmdebstrap()) {
    throw new HarnessError('build-failed', `${PULLED} can neither be pulled nor made: mmdebstrap is not installed`, {
      hint: `apt-get install mmdebstrap; or bring the image: docker save ${PULLED} elsewhere, docker load here`,
    });
  }
  const startedAt = monotonicMs();
  const folder = await mkdtemp(join(tmpdir(), 'remuster-origin-'));
  try {
    progress(`making Debian ${SUITE} with mmdebstrap, about half a minute`);
    const archive = join(folder, 'origin.tar');
    const settings = aptSettings().map((line) => `--aptopt=${line}`);
    // A file and not a pipe: an archive that ends early would be imported as a broken image.
    await runMmdebstrap(['--variant=minbase', '--include=ca-certificates', ...settings, SUITE, archive], signal);
    const [repo, tag] = MADE.split(':') as [string, string];
    const stream = await docker.importImage(archive, { repo, tag });
    for await (const chunk of stream) {
      const failure = /"error":"([^"]*)"/.exec(String(chunk));
      if (failure)
        throw new HarnessError('build-failed', `the engine did not take the Debian made: ${failure[1] ?? ''}`);
    }
    progress(`made Debian ${SUITE} in ${formatMs(monotonicMs() - startedAt)}`);
    return MADE;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runMmdebstrap(args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('mmdebstrap', args, { stdio: ['ignore', 'ignore', 'pipe'], ...(signal ? { signal } : {}) });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve();
      reject(
        new HarnessError('build-failed', `mmdebstrap ended with ${String(code)}`, {
          evidence: said.trim().split('\n').slice(-3).join(' | '),
          hint: 'is there a way to a Debian mirror? As another user than root it needs subuids, or the package fakeroot',
        }),
      );
    });
  });
}
