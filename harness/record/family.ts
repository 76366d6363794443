// Who stands above whom in a census. Pure; the live view and the verdict hold the supervisor's word against it alike.
import type { CensusEvent, CensusProcess } from './events.js';

/** Is it the process with that pid, or below it? Shells and inits stand between a supervisor and a server: `sh -c 'a && b'`. */
export function isAtOrBelow(
  process: CensusProcess,
  pid: number,
  census: Pick<CensusEvent, 'processes'> | undefined,
): boolean {
  const passed = new Set<number>();
  for (let up: CensusProcess | undefined = process; up && !passed.has(up.pid);) {
    // PID 1 itself is in no census.
    if (up.pid === pid || up.ppid === pid) return true;
    passed.add(up.pid);
    const { ppid }: CensusProcess = up;
    up = census?.processes.find((other) => other.pid === ppid);
  }
  return false;
}
