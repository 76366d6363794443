// Who is who on a node: roles of processes from a scan, the holders of the listener, and what the supervisor tracks.
// Pure; the rules are those of the contract in record/events.ts.
import type { ProcessKey } from '../../core/identity.js';
import type { CensusProcess, ProcessRole } from '../../record/events.js';

/** A process with what had to be looked up once per identity. */
export interface Known {
  readonly key: ProcessKey;
  readonly pid: number;
  readonly ppid: number;
  readonly zombie: boolean;
  readonly command: string;
  readonly uid: number;
}

export interface CensusInput {
  readonly processes: readonly Known[];
  /** Pids that hold the service's listening socket. */
  readonly holders: ReadonlySet<number>;
  readonly trackedPid: number | null;
  /** Uid that the service runs as; 0 says nothing (everything runs as root then). */
  readonly serviceUid: number;
  readonly isSupervisor: (process: { readonly pid: number; readonly command: string }) => boolean;
  /** Role of each identity in the census before. */
  readonly before: ReadonlyMap<ProcessKey, ProcessRole>;
}

export function takeCensus(input: CensusInput): readonly CensusProcess[] {
  const byPid = new Map(input.processes.map((process) => [process.pid, process]));
  const ancestors = (process: Known): readonly Known[] => {
    const found: Known[] = [];
    for (let up = byPid.get(process.ppid); up && !found.includes(up); up = byPid.get(up.ppid)) found.push(up);
    return found;
  };
  // Commands that the engine runs in the node (our own shells, watches, execs) have parent 0 there; so has pid 1.
  const isOurs = (process: Known): boolean =>
    [process, ...ancestors(process)].some((each) => each.ppid === 0 && each.pid !== 1);
  const seen = input.processes.filter((process) => !isOurs(process));
  const supervisorsOf = (process: Known): readonly Known[] =>
    ancestors(process).filter((each) => input.isSupervisor(each));
  const supervisors = seen.filter(
    (process) => input.isSupervisor(process) && !process.zombie && supervisorsOf(process).length === 0,
  );
  // bluepilld forks helpers that carry its name while they wait for a start command; they are neither.
  const others = seen.filter((process) => process.pid !== 1 && !input.isSupervisor(process));

  const holds = (process: Known): boolean => input.holders.has(process.pid) && !process.zombie;
  const isBelow = (process: Known, top: ReadonlySet<number>): boolean =>
    [process, ...ancestors(process)].some((each) => top.has(each.pid));
  const topmost = (list: readonly Known[]): readonly Known[] =>
    list.filter((each) => !ancestors(each).some((up) => list.includes(up)));

  const holders = others.filter(holds);
  const tracked = new Set(input.trackedPid === null ? [] : [input.trackedPid]);
  const trackedHolders = holders.filter((process) => isBelow(process, tracked));
  const wasWorker = (process: Known): boolean => ['worker', 'stray'].includes(input.before.get(process.key) ?? '');
  const masters = topmost(
    trackedHolders.length > 0 ? trackedHolders : holders.filter((process) => !wasWorker(process)),
  );
  const masterPids = new Set(masters.map((process) => process.pid));

  const isService = (process: Known): boolean =>
    input.before.has(process.key) ||
    isBelow(process, tracked) ||
    holds(process) ||
    isBelow(process, masterPids) ||
    (input.serviceUid !== 0 && process.uid === input.serviceUid && !process.zombie);

  const roleOf = (process: Known): ProcessRole => {
    if (masterPids.has(process.pid)) return 'master';
    if (isBelow(process, masterPids)) return 'worker';
    if (wasWorker(process) || holds(process)) return 'stray';
    if (isBelow(process, tracked) || supervisorsOf(process).some((each) => each.pid !== 1)) return 'starting';
    // Between the start command and the listener nobody is tracked yet; once there is a master, it is one too many.
    return masters.length === 0 && input.before.get(process.key) !== 'master' ? 'starting' : 'stray';
  };
  const entry = (process: Known, role: ProcessRole): CensusProcess => ({
    key: process.key,
    pid: process.pid,
    ppid: process.ppid,
    role,
    holdsListener: holds(process),
    zombie: process.zombie,
    command: process.command,
  });
  return [
    ...supervisors.map((process) => entry(process, 'supervisor')),
    ...others.filter(isService).map((process) => entry(process, roleOf(process))),
  ];
}
