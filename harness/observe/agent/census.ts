// Who is who on a node: roles of processes from a scan, the holders of the listener, and what the supervisor tracks.
// Pure: the memory of one census is an input of the next. The rules are those of the contract in record/events.ts.
import { parseKey, type ProcessKey } from '../../core/identity.js';
import type { CensusProcess, ProcessRole } from '../../record/events.js';

/** A process with what has to be looked up beside its stat line. */
export interface Known {
  readonly key: ProcessKey;
  readonly pid: number;
  readonly ppid: number;
  readonly zombie: boolean;
  readonly command: string;
  /** Does it look like the service by user and command? */
  readonly looksLikeService: boolean;
}

export interface CensusMemory {
  /** What each identity was. A helper: a child that the supervisor forked and that still carries its name. */
  readonly roles: ReadonlyMap<ProcessKey, ProcessRole | 'helper'>;
  /** Masters by exec generation. It is inherited by fork and changed by exec: it tells workers from successors. */
  readonly masters: ReadonlyMap<string, ProcessKey>;
}

export const NO_MEMORY: CensusMemory = { roles: new Map(), masters: new Map() };

export interface CensusInput {
  readonly processes: readonly Known[];
  /** Pids that hold the service's listening socket. */
  readonly holders: ReadonlySet<number>;
  readonly trackedPid: number | null;
  /** It listens nowhere: what is tracked is the server. */
  readonly listensNowhere?: boolean;
  readonly isSupervisor: (process: { readonly pid: number; readonly command: string }) => boolean;
  readonly memory: CensusMemory;
}

export interface Census {
  readonly processes: readonly CensusProcess[];
  readonly memory: CensusMemory;
}

/** Generation of a process whose memory map may not be read: it tells nothing. */
const UNKNOWN_EXEC = '0';

export function takeCensus(input: CensusInput): Census {
  const { processes, memory } = input;
  const family = new Family(processes);
  const was = (process: Known): ProcessRole | 'helper' | undefined => memory.roles.get(process.key);

  const bearsItsName = processes.filter(
    (process) => input.isSupervisor(process) || was(process) === 'supervisor' || was(process) === 'helper',
  );
  // bluepilld forks helpers that carry its name while they wait for a start command; one that outlives it is none either.
  const helpers = bearsItsName.filter(
    (process) => was(process) === 'helper' || family.ancestors(process).some((up) => bearsItsName.includes(up)),
  );
  const supervisors = bearsItsName.filter(
    (process) => !helpers.includes(process) && (!process.zombie || was(process) === 'supervisor'),
  );
  // Its stat line was read before its exec, and the rest after it: under this key it will never be seen again.
  const isBeforeExec = (process: Known): boolean => {
    const up = family.parent(process);
    if (!up || input.holders.has(up.pid) || !(up.pid === 1 || bearsItsName.includes(up))) return false;
    const { exec } = parseKey(process.key);
    return exec !== UNKNOWN_EXEC && exec === parseKey(up.key).exec;
  };
  const holds = (process: Known): boolean =>
    input.holders.has(process.pid) && !process.zombie && !isBeforeExec(process);
  const others = processes.filter(
    (process) => !bearsItsName.includes(process) && (process.pid !== 1 || holds(process)),
  );

  const tracked = new Set(input.trackedPid === null ? [] : [input.trackedPid]);
  const isBelowSupervisor = (process: Known): boolean =>
    family.ancestors(process).some((up) => up.pid !== 1 && bearsItsName.includes(up));

  const found = input.listensNowhere ? trackedOnes(others, input) : mastersAmong(others.filter(holds), input, family);
  // A supervisor may hold the listener itself and hand connections on (pm2's cluster mode): the server is what it tracks.
  const isHeldAbove = found.length === 0 && supervisors.some(holds);
  const masters = isHeldAbove ? others.filter((process) => tracked.has(process.pid) && !process.zombie) : found;
  const masterPids = new Set(masters.map((process) => process.pid));

  const isService = (process: Known): boolean =>
    was(process) !== undefined ||
    holds(process) ||
    family.isAtOrBelow(process, tracked) ||
    family.isAtOrBelow(process, masterPids) ||
    (process.looksLikeService && !process.zombie);

  const roleOf = (process: Known): ProcessRole => {
    if (masterPids.has(process.pid)) return 'master';
    if (family.isAtOrBelow(process, masterPids)) return 'worker';
    if (family.isAtOrBelow(process, tracked)) return 'starting';
    if (holds(process) || ['master', 'worker', 'stray'].includes(was(process) ?? '')) return 'stray';
    if (isBelowSupervisor(process)) return 'starting';
    // Between the start command and the listener nobody is tracked yet; beside a master it is one too many.
    return masters.length === 0 ? 'starting' : 'stray';
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
  const listed = [
    ...supervisors.map((process) => entry(process, 'supervisor')),
    ...others.filter(isService).map((process) => entry(process, roleOf(process))),
  ];
  return { processes: listed, memory: remember(listed, helpers, masters, input) };
}

/**
 * The topmost holders at or below what is tracked, else the topmost holders. A child that a master forked never becomes
 * one by outliving it, nor by being the last to close the listener; a child that it executed (USR2) does. Only what is
 * tracked itself, or has forked holders of its own (a server that bound before it daemonized), is above that rule.
 */
function mastersAmong(holders: readonly Known[], input: CensusInput, family: Family): readonly Known[] {
  const { masters, roles } = input.memory;
  const isForked = (process: Known): boolean => {
    const { exec } = parseKey(process.key);
    if (exec === UNKNOWN_EXEC) return ['worker', 'stray'].includes(roles.get(process.key) ?? '');
    const forker = masters.get(exec);
    return forker !== undefined && forker !== process.key;
  };
  const candidates = holders.filter(
    (process) =>
      !isForked(process) || process.pid === input.trackedPid || holders.some((other) => other.ppid === process.pid),
  );
  const tracked = new Set(input.trackedPid === null ? [] : [input.trackedPid]);
  const trackedOnes = candidates.filter((process) => family.isAtOrBelow(process, tracked));
  const list = trackedOnes.length > 0 ? trackedOnes : candidates;
  return list.filter((process) => !family.ancestors(process).some((up) => list.includes(up)));
}

/** While nobody is tracked (the supervisor is not heard), whoever was the server and lives still is. */
function trackedOnes(others: readonly Known[], { trackedPid, memory }: CensusInput): readonly Known[] {
  return others.filter(({ key, pid, zombie }) => {
    if (zombie) return false;
    return trackedPid === null ? memory.roles.get(key) === 'master' : pid === trackedPid;
  });
}

function remember(
  listed: readonly CensusProcess[],
  helpers: readonly Known[],
  masters: readonly Known[],
  { processes, memory }: CensusInput,
): CensusMemory {
  const generations = new Map(memory.masters);
  for (const { key } of masters) {
    const { exec } = parseKey(key);
    if (exec !== UNKNOWN_EXEC) generations.set(exec, key);
  }
  const alive = new Set(processes.map(({ key }) => parseKey(key).exec));
  return {
    roles: new Map([
      ...helpers.map(({ key }) => [key, 'helper'] as const),
      ...listed.map(({ key, role }) => [key, role] as const),
    ]),
    masters: new Map([...generations].filter(([exec]) => alive.has(exec))),
  };
}

/** Who descends from whom. */
class Family {
  readonly #byPid: ReadonlyMap<number, Known>;

  constructor(processes: readonly Known[]) {
    this.#byPid = new Map(processes.map((process) => [process.pid, process]));
  }

  parent(process: Known): Known | undefined {
    return this.#byPid.get(process.ppid);
  }

  ancestors(process: Known): readonly Known[] {
    const found: Known[] = [];
    for (let up = this.#byPid.get(process.ppid); up && !found.includes(up); up = this.#byPid.get(up.ppid))
      found.push(up);
    return found;
  }

  isAtOrBelow(process: Known, tops: ReadonlySet<number>): boolean {
    return tops.has(process.pid) || this.ancestors(process).some((up) => tops.has(up.pid));
  }
}

/** Words by which a service's processes can be told from others of the same user: the programs it is started with. */
export function programNames(argv: readonly string[], title: string | null): ReadonlySet<string> {
  const programs = argv.filter((word, index) => index === 0 || /^\/(?:[^/]+\/)*s?bin\/[^/]+$/.test(word));
  return new Set([
    ...programs.map(programName),
    ...(title === null ? [] : [programName(title.split(' ', 1)[0] ?? '')]),
  ]);
}

/** '/usr/bin/unicorn' -> 'unicorn'; 'puma:' -> 'puma'. */
function programName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1).replace(/:$/, '');
}

export function mentions(command: string, names: ReadonlySet<string>): boolean {
  return command.split(/\s+/).some((word) => names.has(programName(word)));
}
