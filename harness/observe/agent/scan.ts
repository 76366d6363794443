// Reads /proc/PID/stat lines: who is there, since when, in which exec generation, and what it uses. Pure; proc(5).
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

/** Remembers the exec generation of each pid and start time: a dying process has no memory map left to read it from. */
export type ExecMemory = Map<string, string>;

/** One stat line; undefined for a torn one. The name (field 2) may hold spaces and parentheses. */
export function parseStat(line: string, memory: ExecMemory): Scanned | undefined {
  const close = line.lastIndexOf(')');
  const pid = Number.parseInt(line, 10);
  const fields = line.slice(close + 2).split(' ');
  if (close < 0 || !Number.isInteger(pid) || fields.length < 48) return undefined;
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

function execGeneration(addresses: readonly string[], id: string, memory: ExecMemory): string {
  const mixed = addresses.reduce((mix, address) => mix ^ BigInt(address), 0n) & 0xffffffffn;
  const remembered = memory.get(id);
  if (mixed === 0n && remembered !== undefined) return remembered;
  const text = mixed.toString(36);
  memory.set(id, text);
  return text;
}

/** Inodes of listening sockets on a port, from /proc/net/tcp and tcp6 (state 0A is LISTEN). */
export function listeningInodes(lines: readonly string[], port: number): ReadonlySet<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set<string>();
  for (const line of lines) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state === '0A' && local?.endsWith(`:${hex}`) && inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

/** "@pid" sections of the agent's answers. */
export function sections(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of lines) {
    if (/^@\w+$/.test(line)) found.set(line.slice(1), (current = []));
    else current?.push(line);
  }
  return found;
}
