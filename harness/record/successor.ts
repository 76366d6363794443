// Who in a census is the new master that an old one executed beside itself (USR2 of unicorn, gunicorn, nginx). Pure; the
// faults wait for it, the verdict follows it.
import { parseKey, type ProcessKey } from '../core/identity.js';
import type { CensusEvent, CensusProcess } from './events.js';

/**
 * A fork keeps the exec generation and an exec changes it: the topmost process below the old master with a generation of
 * its own, which holds the listener and has forked workers. Undefined while there is none.
 */
export function successorIn(census: Pick<CensusEvent, 'processes'>, old: ProcessKey): CensusProcess | undefined {
  const living = census.processes.filter((process) => !process.zombie);
  const { pid: oldPid, exec: oldExec } = parseKey(old);
  const execOf = ({ key }: CensusProcess): string => parseKey(key).exec;
  return living.find(
    (process) =>
      process.holdsListener &&
      execOf(process) !== oldExec &&
      isBelow(process, oldPid, living) &&
      living.some((child) => child.ppid === process.pid && execOf(child) === execOf(process)) &&
      !living.some((parent) => parent.pid === process.ppid && execOf(parent) === execOf(process)),
  );
}

function isBelow(process: CensusProcess, pid: number, living: readonly CensusProcess[]): boolean {
  const seen = new Set<number>();
  for (let up: CensusProcess | undefined = process; up && !seen.has(up.pid);) {
    if (up.ppid === pid) return true;
    seen.add(up.pid);
    const { ppid }: CensusProcess = up;
    up = living.find((each) => each.pid === ppid);
  }
  return false;
}
