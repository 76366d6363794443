// Reads what the agent's scan prints: lines of /proc/PID/stat (who is there, since when, in which exec generation, and
// what it uses) and the pid file. Pure; field numbers are those of proc(5).
import type { ProcessKey } from '../../core/identity.js';

export interface Scanned {
  readonly key: ProcessKey;
  readonly pid: number;
  readonly ppid: number;
  readonly state: string;
  readonly start: number;
  readonly threads: number;
  readonly rssPages: number;
  readonly cpuTicks: number;
}

/** Exec generation by pid and start time: a dying process has no memory map left to read it from. */
export type ExecMemory = Map<string, string>;

/** TASK_COMM_LEN is 16, with the NUL at the end. */
const LONGEST_NAME = 15;
/** Of the fields from 3 on, 48 to 50 are the last that are needed. */
const FIELDS_NEEDED = 48;

/** One stat line; undefined for a torn one. The name (field 2) may hold spaces, parentheses and newlines. */
export function parseStat(line: string, memory: ExecMemory): Scanned | undefined {
  const close = line.lastIndexOf(')');
  const fields = line.slice(close + 2).split(' ');
  if (!/^\d+ \(/.test(line) || close - line.indexOf('(') - 1 > LONGEST_NAME || fields.length < FIELDS_NEEDED)
    return undefined;
  const pid = Number.parseInt(line, 10);
  const field = (number: number): string => fields[number - 3] ?? '0';
  const start = Number(field(22));
  const id = `${pid}.${start}`;
  return {
    key: `${id}.${execGeneration([field(26), field(28), field(48), field(50)], id, memory)}`,
    pid,
    ppid: Number(field(4)),
    state: field(3),
    start,
    threads: Number(field(20)),
    rssPages: Number(field(24)),
    cpuTicks: Number(field(14)) + Number(field(15)),
  };
}

/**
 * The low 32 bits of the xor, in base 36. Addresses are 0 in a zombie, in the middle of an exec, and for who may not
 * see them (field 26 is 1 then): what was known before stays.
 */
function execGeneration(addresses: readonly string[], id: string, memory: ExecMemory): string {
  if (addresses.includes('0')) return memory.get(id) ?? '0';
  const mixed = addresses.reduce((mix, address) => mix ^ BigInt(address), 0n) & 0xffffffffn;
  const text = mixed.toString(36);
  memory.set(id, text);
  return text;
}

/** All stat lines of a scan; a name with a newline in it spreads over several. Forgets who is not there any more. */
export function parseStats(lines: readonly string[], memory: ExecMemory): readonly Scanned[] {
  const found: Scanned[] = [];
  let torn = '';
  for (const line of lines) {
    // The whole first: what follows a newline in a name may look like the line of another process.
    const process = (torn === '' ? undefined : parseStat(`${torn}\n${line}`, memory)) ?? parseStat(line, memory);
    if (process) found.push(process);
    torn = process ? '' : torn === '' ? line : `${torn}\n${line}`;
  }
  const here = new Set(found.map(({ pid, start }) => `${pid}.${start}`));
  for (const id of memory.keys()) if (!here.has(id)) memory.delete(id);
  return found;
}

export interface Scan {
  /** First word of the pid file: null when the file is absent or that is no number. */
  readonly pidInFile: number | null;
  /** Without those that visit through the engine. */
  readonly processes: readonly Scanned[];
}

export function parseScan(lines: readonly string[], memory: ExecMemory): Scan {
  const pid = Number(lines.find((line) => line.startsWith('P '))?.slice(2) ?? '');
  return {
    pidInFile: Number.isInteger(pid) && pid > 0 ? pid : null,
    processes: withoutVisitors(
      parseStats(
        lines.filter((line) => !line.startsWith('P ')),
        memory,
      ),
    ),
  };
}

/** Commands that the engine runs in a node (our own shells, watches, execs) have parent 0 there, as has only pid 1. */
function withoutVisitors(processes: readonly Scanned[]): readonly Scanned[] {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const visits = (process: Scanned, depth = 0): boolean => {
    if (process.ppid === 0) return process.pid !== 1;
    const parent = byPid.get(process.ppid);
    return parent !== undefined && depth < processes.length && visits(parent, depth + 1);
  };
  return processes.filter((process) => !visits(process));
}
