// CPU of a process and of all that it started, from proc(5): utime and stime, of the living and of children that were waited for.
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ of Linux on all common machines, proc(5). */
const TICK_MS = 10;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent = 0, ...rest] = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    // Fields 14 to 17 of the file: utime, stime, cutime, cstime.
    const ticks = rest.slice(9, 13).reduce((sum, each) => sum + each, 0);
    return { pid, parent, cpuMs: ticks * TICK_MS };
  } catch {
    return undefined;
  }
}

function all(): readonly Stat[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
}

/** Of these processes and their descendants, ms. */
export function cpuMsOf(roots: readonly number[]): number {
  const stats = all();
  const members = new Set(below(roots, stats));
  return stats.filter(({ pid }) => members.has(pid)).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

/** These processes and their descendants. */
export function membersOf(roots: readonly number[]): readonly number[] {
  return below(roots, all());
}

function below(roots: readonly number[], stats: readonly Stat[]): readonly number[] {
  const members = new Set(roots);
  for (let before = -1; before !== members.size;) {
    before = members.size;
    for (const { pid, parent } of stats) if (members.has(parent)) members.add(pid);
  }
  return [...members];
}

export function childrenOf(parent: number): readonly number[] {
  return all()
    .filter((stat) => stat.parent === parent)
    .map(({ pid }) => pid);
}
