// Who owns a container: `<machine>/<boot>/<pid>/<start time>` of the remuster process that made it, and whether that
// process is proved gone. Written into the labels by labels.ts, read by the sweep.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Owner {
  /** This machine and, on it, this pid namespace: a pid means something only in there. */
  readonly machine: string;
  readonly boot: string;
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, clock ticks since boot; '-' where there is no /proc. */
  readonly start: string;
}

export type OwnerState = 'alive' | 'dead' | 'unknown';

/** Where the identity of processes is read from; the tests put their own. */
export interface ProcFs {
  read(path: string): string | undefined;
  link(path: string): string | undefined;
  exists(path: string): boolean;
}

export const realProc: ProcFs = {
  read: (path) => quietly(() => readFileSync(path, 'utf8')),
  link: (path) => quietly(() => readlinkSync(path)),
  exists: (path) => existsSync(path),
};

/** The owner that this process writes on what it makes. */
export function ownOwner(proc: ProcFs = realProc): Owner {
  return { ...place(proc), pid: process.pid, start: startTime(proc, process.pid) ?? '-' };
}

export function formatOwner(owner: Owner): string {
  return `${owner.machine}/${owner.boot}/${owner.pid}/${owner.start}`;
}

export function parseOwner(text: string): Owner | undefined {
  const match = /^([^/]+)\/([^/]+)\/([1-9]\d*)\/(\d+|-)$/.exec(text);
  if (!match) return undefined;
  return { machine: match[1]!, boot: match[2]!, pid: Number(match[3]), start: match[4]! };
}

/**
 * `dead` only where it is proved: the same machine, pid namespace and boot, and no process with that pid and start time.
 * Another machine, an earlier boot (cloned machines share their id), a system without /proc: `unknown`.
 */
export function stateOfOwner(text: string, proc: ProcFs = realProc): OwnerState {
  const owner = parseOwner(text);
  const here = place(proc);
  if (!owner || owner.start === '-' || here.boot === '-') return 'unknown';
  if (owner.machine !== here.machine || owner.boot !== here.boot) return 'unknown';
  if (!proc.exists('/proc/self/stat')) return 'unknown';
  return startTime(proc, owner.pid) === owner.start ? 'alive' : 'dead';
}

/**
 * machine-id(5) asks to keep the id confidential and to use a hash of it. A container of a CI job often shares its image's id,
 * and has pids of its own: the pid namespace is part of the machine here, so that nobody proves another's death by mistake.
 */
function place(proc: ProcFs): Pick<Owner, 'machine' | 'boot'> {
  const id = proc.read('/etc/machine-id')?.trim() ?? proc.read('/var/lib/dbus/machine-id')?.trim() ?? '';
  const namespace = proc.link('/proc/self/ns/pid') ?? '';
  const machine = createHash('sha256')
    .update(`remuster\n${id === '' ? hostname() : id}\n${namespace}`)
    .digest('hex')
    .slice(0, 16);
  return { machine, boot: proc.read('/proc/sys/kernel/random/boot_id')?.trim() ?? '-' };
}

/** proc(5): the command name, field 2, may hold spaces and parentheses, so count from the last ')'. A zombie is dead. */
function startTime(proc: ProcFs, pid: number): string | undefined {
  const stat = proc.read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
