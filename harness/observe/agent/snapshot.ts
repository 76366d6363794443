// What a process was started with: arguments, environment, directory, user, limits, and the limits of its cgroup. Read
// from /proc in the node, on cgroup v1 and v2; values of the environment leave only hidden.
import type { ProcessKey } from '../../core/identity.js';
import type { DeclaredEvent, ServiceSnapshot } from '../../record/events.js';
import type { Service } from '../../tier/service.js';
import { argvOf, untangle, type Agent } from './agent.js';
import { parseStats } from './scan.js';
import { hideEnv, maskArgv } from './secrets.js';

/** Limits that decide whether a server can start and how it dies, by the version and controller of the cgroup. */
const V2_LIMITS = ['memory.max', 'memory.high', 'cpu.max', 'pids.max'] as const;
const V1_LIMITS: Readonly<Record<string, readonly string[]>> = {
  memory: ['memory.limit_in_bytes'],
  cpu: ['cpu.cfs_quota_us', 'cpu.cfs_period_us'],
  pids: ['pids.max'],
};

/**
 * A title that is longer than the arguments runs on into the environment, which lies behind them, and is padded with NULs to
 * its end (setproctitle; Ruby's `$0 =`): then /proc shows no environment, though the process has one.
 */
const ASSIGNMENT = /^[^=]+=/su;

export type SnapshotOutcome =
  | { readonly kind: 'taken'; readonly snapshot: ServiceSnapshot }
  /** It exists, and not all of it can be read. */
  | { readonly kind: 'unreadable'; readonly why: string }
  /** It ended, or executed something else, before it was read. */
  | { readonly kind: 'gone' };

/** `hidesEnvironment`: nothing is wrong with one that shows none, always or where it does (service.ts). */
export async function takeSnapshot(
  agent: Agent,
  key: ProcessKey,
  runKey: string,
  hidesEnvironment: Service['hidesEnvironment'] = false,
): Promise<SnapshotOutcome> {
  const [pid = '0', start = '0'] = key.split('.');
  const lines = await agent.describe(Number(pid));
  const marked = (letter: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${letter} `)).map((line) => line.slice(2));
  // The stat line comes last: as it is then, so it was while the rest was read.
  const stat = lines.filter((line) => !/^[AECSMG] /.test(line));
  const [now] = parseStats(stat, new Map([[`${pid}.${start}`, key.split('.')[2] ?? '']]));
  if (now?.key !== key || now.state === 'Z' || now.state === 'X') return { kind: 'gone' };
  const status = new Map(marked('S').map((line) => line.split(': ', 2) as [string, string]));
  const [uid, gid, umask] = ['Uid', 'Gid', 'Umask'].map((name) => status.get(name));
  if (uid === undefined || gid === undefined || umask === undefined) {
    return { kind: 'unreadable', why: `/proc/${pid}/status does not tell its user, group and umask` };
  }
  const [environ = ''] = marked('E');
  const [cwd] = marked('C');
  if (!environ.endsWith('\x03') || cwd === undefined) {
    const why = `environment and directory of pid ${pid} may not be read: the container lacks the capability SYS_PTRACE`;
    return { kind: 'unreadable', why };
  }
  const shown = hidesEnvironment === true ? [] : untangle(environ.slice(0, -1));
  const isHidden = !shown.every((one) => ASSIGNMENT.test(one));
  const assignments = isHidden ? [] : shown;
  if (isHidden && hidesEnvironment !== 'perhaps') {
    return { kind: 'unreadable', why: `pid ${pid} wrote a longer title over its environment` };
  }
  return {
    kind: 'taken',
    snapshot: {
      argv: maskArgv(argvOf(marked('A')[0] ?? '')),
      env: hideEnv(parseEnv(assignments), runKey),
      ...(isHidden ? { envIsHidden: true } : {}),
      cwd: cwd.replaceAll('\x02', '\n'),
      uid: Number(uid),
      gid: Number(gid),
      umask,
      rlimits: parseLimits(marked('M')),
      cgroup: await cgroupOf(agent, marked('G')),
    },
  };
}

function parseEnv(assignments: readonly string[]): Readonly<Record<string, string>> {
  const pairs = assignments.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)] as const);
  return Object.fromEntries(pairs);
}

/** "Max open files   1024   4096   files" -> { 'open files': '1024/4096' } */
function parseLimits(lines: readonly string[]): Readonly<Record<string, string>> {
  const rows = lines.map((line) => /^Max (.+?)\s{2,}(\S+)\s+(\S+)/.exec(line)).filter((row) => row !== null);
  return Object.fromEntries(rows.map(([, name = '', soft = '', hard = '']) => [name, `${soft}/${hard}`]));
}

/** cgroups(7): "hierarchy:controllers:path"; version 2 has no controllers in it. */
async function cgroupOf(agent: Agent, lines: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const line of lines) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === '') Object.assign(found, await agent.cgroupLimits('/sys/fs/cgroup', path, V2_LIMITS));
    for (const controller of controllers.split(',')) {
      const names = V1_LIMITS[controller];
      if (names) Object.assign(found, await agent.cgroupLimits(`/sys/fs/cgroup/${controller}`, path, names));
    }
  }
  return found;
}

/** What the environment declares, hidden in the same way, to compare snapshots with. */
export function declared(service: Service, runKey: string): Omit<DeclaredEvent, 'atMs'> {
  return {
    kind: 'declared',
    argv: service.runningTitle === null ? null : maskArgv([service.runningTitle]),
    env: hideEnv(service.env, runKey),
    cwd: service.cwd,
    ...(service.openFiles === undefined ? {} : { openFiles: service.openFiles }),
  };
}
