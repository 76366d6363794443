// One builder at a time per image, between the processes of this machine: a file that names who builds, in remuster's
// state folder. A lock of a dead builder is taken over.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor, type Look } from '../../core/clock.js';
import { stateFolder } from '../../core/state-folder.js';
import { codeOf } from '../runtime/engine-errors.js';
import { formatOwner, ownOwner, parseOwner, stateOfOwner } from '../runtime/owner.js';

const DEADLINE_MS = 900_000;
const ABANDONED_MS = 600_000;

export interface LockOptions {
  readonly name: string;
  readonly folder?: string;
  readonly onWait: () => void;
  readonly signal: AbortSignal | undefined;
}

/** Runs `work` while holding the lock. Where no lock can be written at all, it runs without: that costs time, not truth. */
export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const { name, folder = stateFolder(), onWait, signal } = options;
  const path = join(folder, `${name.replaceAll(/[^\w.-]/g, '-')}.lock`);
  const me = formatOwner(ownOwner());
  let waiting = false;
  const look = (): Look<boolean> => {
    const taken = take(path, folder, me);
    if (taken !== 'held') return { done: true, value: taken === 'mine' };
    if (!waiting) onWait();
    waiting = true;
    return { done: false, evidence: `${path} is held by ${read(path) ?? 'nobody'}` };
  };
  const mine = await waitFor(look, {
    what: `another process to finish with ${name}`,
    deadlineMs: DEADLINE_MS,
    everyMs: 200,
    ...(signal ? { signal } : {}),
  });
  try {
    return await work();
  } finally {
    if (mine) rmSync(path, { force: true });
  }
}

function take(path: string, folder: string, me: string): 'mine' | 'held' | 'impossible' {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, me, { flag: 'wx' });
    return 'mine';
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return 'impossible';
  }
  const holder = read(path);
  if (holder !== undefined && isAbandoned(path, holder)) stealFrom(path, holder);
  return 'held'; // Look again: it may be free now.
}

/** Of a process proved gone, or of an earlier boot of this machine; what cannot be proved either way, by its age. */
function isAbandoned(path: string, holder: string): boolean {
  const state = stateOfOwner(holder);
  if (state !== 'unknown') return state === 'dead';
  const [owner, here] = [parseOwner(holder), ownOwner()];
  if (owner?.machine === here.machine && owner.boot !== here.boot) return true;
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > ABANDONED_MS;
}

/** Moves the dead one's lock away; if in the meantime somebody alive took its place, gives it back. */
function stealFrom(path: string, holder: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (read(aside) === holder) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch {
    // Another waiter was quicker.
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
