// What a process was started with: arguments, environment, directory, user, limits, and the limits of its cgroup. Read
// from /proc in the node, on cgroup v1 and v2; values of the environment leave only hidden.
import type { DeclaredEvent, ServiceSnapshot } from '../../record/events.js';
import type { Service } from '../../tier/service.js';
import type { Agent } from './agent.js';
import { hideEnv, maskArgv } from './secrets.js';

/** Limits that decide whether a server can start and how it dies, by the version and controller of the cgroup. */
const V2_LIMITS = ['memory.max', 'memory.high', 'cpu.max', 'pids.max'] as const;
const V1_LIMITS: Readonly<Record<string, readonly string[]>> = {
  memory: ['memory.limit_in_bytes'],
  cpu: ['cpu.cfs_quota_us', 'cpu.cfs_period_us'],
  pids: ['pids.max'],
};

/** The snapshot, or the reason why there is none. */
export async function takeSnapshot(agent: Agent, pid: number, runKey: string): Promise<ServiceSnapshot | string> {
  const parts = await agent.describe(pid);
  const environ = parts.get('environ') ?? [];
  const status = new Map(
    (parts.get('status') ?? []).map((line) => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1).trim()]),
  );
  if (!status.has('Uid')) return `pid ${pid} is gone`;
  const cwd = parts.get('cwd')?.[0];
  if (cwd === undefined || environ.every((line) => line === '')) {
    return `environment and directory of pid ${pid} may not be read (SYS_PTRACE is missing)`;
  }
  return {
    argv: maskArgv(argvOf(parts.get('cmdline') ?? [])),
    env: hideEnv(parseEnv(environ), runKey),
    cwd,
    uid: firstNumber(status.get('Uid')),
    gid: firstNumber(status.get('Gid')),
    umask: status.get('Umask') ?? 'unknown',
    rlimits: parseLimits(parts.get('limits') ?? []),
    cgroup: await cgroupOf(agent, parts.get('cgroup') ?? []),
  };
}

/** Servers overwrite their arguments with a title and pad it with NULs; the padding is not an argument. */
export function argvOf(lines: readonly string[]): readonly string[] {
  const argv = [...lines];
  while (argv.at(-1)?.trim() === '') argv.pop();
  return argv.map((argument) => argument.trimEnd());
}

function parseEnv(lines: readonly string[]): Readonly<Record<string, string>> {
  const pairs = lines
    .filter((line) => line.includes('='))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function firstNumber(text: string | undefined): number {
  return Number(text?.split(/\s+/)[0] ?? Number.NaN);
}

/** "Max open files   1024   4096   files" -> { 'open files': '1024/4096' } */
function parseLimits(lines: readonly string[]): Readonly<Record<string, string>> {
  const rows = lines.map((line) => /^Max (.+?)\s{2,}(\S+)\s+(\S+)/.exec(line)).filter((row) => row !== null);
  return Object.fromEntries(rows.map(([, name = '', soft = '', hard = '']) => [name, `${soft}/${hard}`]));
}

async function cgroupOf(agent: Agent, lines: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const line of lines) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === '') {
      for (const root of ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'])
        Object.assign(found, await agent.cgroupLimits(`${root}${path}`, V2_LIMITS));
      continue;
    }
    for (const controller of controllers.split(',')) {
      const names = V1_LIMITS[controller];
      if (names) Object.assign(found, await agent.cgroupLimits(`/sys/fs/cgroup/${controller}${path}`, names));
    }
  }
  return found;
}

/** What the environment declares, hidden in the same way, to compare snapshots with. */
export function declared(service: Service, runKey: string): Omit<DeclaredEvent, 'atMs'> {
  return {
    kind: 'declared',
    argv: service.runningTitle === null ? null : [service.runningTitle],
    env: hideEnv(service.env, runKey),
    cwd: service.cwd,
    ...(service.openFiles === undefined ? {} : { openFiles: service.openFiles }),
  };
}
