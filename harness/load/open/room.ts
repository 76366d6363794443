// How many requests the open engine can have on their way at once. As many as can be due within the time-out, so that a
// tier which hangs does not slow its load down; beyond that they are left unsent, and counted.
import { readFileSync } from 'node:fs';
import type { LoadPlan } from '../../plan/load-plan.js';

/** Of what the process may open: left for its own files, and for connections that are closing. */
const SPARE_FILES = 200;
/** Arrivals of a Poisson process spread by the root of their number; more than four times that is never seen. */
const SPREAD = 4;

/** What this process can open; a limit that cannot be read is none. */
export interface Bounds {
  readonly files: number;
  /** Ports that connections to one target can come from. */
  readonly ports: number;
}

export function roomFor({ stages, timeoutMs }: LoadPlan, { files, ports }: Bounds): number {
  const peak = Math.max(...stages.map(({ level }) => level));
  const waiting = (peak * timeoutMs) / 1_000;
  const wanted = Math.ceil(waiting + SPREAD * Math.sqrt(waiting)) + 1;
  return Math.max(1, Math.min(wanted, files - SPARE_FILES, ports));
}

/** proc(5) `limits`, and ip(7) `ip_local_port_range`. */
export function boundsOfProcess(): Bounds {
  const files = /^Max open files\s+(\d+)/m.exec(textOf('/proc/self/limits'))?.[1];
  const range = /^(\d+)\s+(\d+)/.exec(textOf('/proc/sys/net/ipv4/ip_local_port_range'));
  return {
    files: files === undefined ? Infinity : Number(files),
    ports: range ? Number(range[2]) - Number(range[1]) + 1 : Infinity,
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // Not Linux, or hidden from this process.
  }
}
