// One bootstrap at a time: two that start together must not run npm twice into one folder, or start two engines.
// A lock is a file with pid and start time of its holder; that of a dead one is taken over.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { say, Stop } from './say.mjs';

const DEADLINE_MS = 20 * 60_000;

export async function withLock(path, what, work) {
  const me = `${process.pid} ${startTime(process.pid)} ${bootId()}`;
  const startedAt = Date.now();
  for (let said = false; !take(path, me);) {
    if (!said) say(`another bootstrap is at it (${what}); waiting for it`);
    said = true;
    if (Date.now() - startedAt > DEADLINE_MS)
      throw new Stop(1, `waited 20 minutes for another bootstrap (${what})`, `if there is none: rm ${path}`);
    await delay(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path, me) {
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, me, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = read(path);
  if (holder !== undefined && holder !== '' && isGone(holder)) steal(path, holder);
  return false;
}

function isGone(holder) {
  const [pid, start, boot] = holder.split(' ');
  if (boot !== bootId()) return true;
  if (start !== '-') return startTime(Number(pid)) !== start;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Moves the dead one's lock away; gives it back when somebody alive was quicker. */
function steal(path, holder) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (read(aside) === holder) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch {
    // Another waiter took it.
  }
}

/** Field 22 of /proc/PID/stat, proc(5); '-' where there is no /proc. A pid alone may belong to somebody else by now. */
export function startTime(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat === undefined ? '-' : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function bootId() {
  return (read('/proc/sys/kernel/random/boot_id') ?? '-').trim();
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
