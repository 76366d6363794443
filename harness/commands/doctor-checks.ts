// What `doctor` looks at: each check says ok, note or problem, what it saw, and the way out. A problem means that runs cannot work here.
import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { dirname } from 'node:path';
import { HarnessError, messageOf } from '../core/errors.js';
import { stateFolder } from '../core/state-folder.js';
import { readCalibration, thisMachine } from '../load/calibration/stored.js';
import { findK6, HOW_TO_GET_K6 } from '../load/k6/find.js';
import { aptSettings, extraAuthorities, proxyArguments } from '../tier/images/host-settings.js';
import { packageVersion } from '../tier/images/package-root.js';
import { connectDocker, connectEngine } from '../tier/runtime/docker.js';
import type { Runtime, RuntimeInfo } from '../tier/runtime/runtime.js';
import { tryNode } from '../tier/trial.js';

export interface Diagnosis {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'problem';
  readonly saw: string;
  readonly wayOut?: string;
}

const NODE_WANTED = [20, 19] as const;
/** CgroupnsMode came with it (Engine API 1.41). */
const OLDEST_ENGINE = [20, 10] as const;
const LEAST_FREE_BYTES = 2 * 1024 ** 3;
const GIB = 1024 ** 3;

type Env = Readonly<Record<string, string | undefined>>;

export async function examine(cwd: string, env: Env, progress: (line: string) => void): Promise<readonly Diagnosis[]> {
  return [
    nodeVersion(),
    ...(await engine(progress)),
    authorities(),
    packageAccess(env),
    await disk(cwd),
    cores(),
    load(env),
    await k6(env),
  ];
}

function nodeVersion(): Diagnosis {
  const ok = atLeast(process.versions.node, NODE_WANTED);
  if (ok) return { check: 'node', state: 'ok', saw: process.version };
  return { check: 'node', state: 'problem', saw: process.version, wayOut: `install Node >= ${NODE_WANTED.join('.')}` };
}

async function engine(progress: (line: string) => void): Promise<readonly Diagnosis[]> {
  try {
    const { endpoint } = await connectEngine();
    const runtime = await connectDocker();
    const info = await runtime.info();
    const found: Diagnosis[] = [engineVersion(info, `${endpoint.url} (${endpoint.from})`)];
    if (endpoint.remoteHost !== null) {
      found.push({
        check: 'engine place',
        state: 'note',
        saw: `on ${endpoint.remoteHost}: published ports are open on its network, and times of nodes are of its clock`,
        wayOut: 'run remuster on the machine of the engine where times matter',
      });
    }
    return [...found, ...(await trial(runtime, progress))];
  } catch (error) {
    const hint = error instanceof HarnessError ? error.hint : undefined;
    return [
      { check: 'engine', state: 'problem', saw: messageOf(error), ...(hint === undefined ? {} : { wayOut: hint }) },
    ];
  }
}

function engineVersion(info: RuntimeInfo, where: string): Diagnosis {
  const saw = `${info.engineVersion} at ${where}, cgroup v${info.cgroupVersion}, ${info.cpus} CPUs, ${gib(info.memoryBytes)}`;
  if (atLeast(info.engineVersion, OLDEST_ENGINE)) return { check: 'engine', state: 'ok', saw };
  return { check: 'engine', state: 'problem', saw, wayOut: `Docker >= ${OLDEST_ENGINE.join('.')} is needed` };
}

async function trial(runtime: Runtime, progress: (line: string) => void): Promise<readonly Diagnosis[]> {
  try {
    const { flags, systemd, ptrace } = await tryNode(runtime, progress);
    return [
      {
        check: 'systemd node',
        state: systemd.ok ? 'ok' : 'problem',
        saw: `${systemd.evidence} (${flags})`,
        ...(systemd.ok ? {} : { wayOut: 'systemd cannot be PID 1 with these flags; nodes under bluepill still work' }),
      },
      {
        check: 'SYS_PTRACE',
        state: ptrace.ok ? 'ok' : 'problem',
        saw: ptrace.evidence,
        ...(ptrace.ok ? {} : { wayOut: 'the engine must allow the capability SYS_PTRACE (rootless engines may not)' }),
      },
    ];
  } catch (error) {
    const wayOut = error instanceof HarnessError && error.hint !== undefined ? { wayOut: error.hint } : {};
    return [{ check: 'systemd node', state: 'problem', saw: messageOf(error), ...wayOut }];
  }
}

function authorities(): Diagnosis {
  const names = extraAuthorities().map(({ path }) => path.split('/').at(-1) ?? path);
  if (names.length > 0) return { check: 'authorities', state: 'ok', saw: `go into builds: ${names.join(', ')}` };
  return {
    check: 'authorities',
    state: 'ok',
    saw: 'none of this machine go into builds',
  };
}

function packageAccess(env: Env): Diagnosis {
  // Names only: a proxy's address may hold a password.
  const names = [...Object.keys(proxyArguments(env)), ...aptSettings().map((line) => line.split(' ')[0] ?? line)];
  return {
    check: 'package access',
    state: 'ok',
    saw: names.length === 0 ? 'direct' : `taken over into builds: ${names.join(', ')}`,
  };
}

async function disk(cwd: string): Promise<Diagnosis> {
  const { bavail, bsize } = await statfs(cwd).catch(() => statfs(dirname(cwd)));
  const free = bavail * bsize;
  if (free >= LEAST_FREE_BYTES) return { check: 'disk', state: 'ok', saw: `${gib(free)} free at ${cwd}` };
  return {
    check: 'disk',
    state: 'problem',
    saw: `${gib(free)} free at ${cwd}`,
    wayOut: `results and images need ${gib(LEAST_FREE_BYTES)}: docker system prune, or --out on another disk`,
  };
}

function cores(): Diagnosis {
  const saw = `${availableParallelism()} cores, ${gib(freemem())} of memory free`;
  if (availableParallelism() >= 2 && freemem() >= GIB) return { check: 'machine', state: 'ok', saw };
  return { check: 'machine', state: 'note', saw, wayOut: 'two cores and 1 GiB are what the flagship is measured with' };
}

function load(env: Env): Diagnosis {
  const stored = readCalibration(stateFolder(env), thisMachine(packageVersion()));
  const check = 'load';
  if (stored.state === 'none') {
    const saw = 'how much of it this machine generates honestly is not measured yet';
    return { check, state: 'note', saw, wayOut: 'remuster doctor --load' };
  }
  if (stored.state === 'unusable') return { check, state: 'note', saw: stored.why, wayOut: 'remuster doctor --load' };
  const { measured, measuredAt } = stored.calibration;
  const most = measured.map(({ engine: name, requestsPerSecond }) => `${name} ${requestsPerSecond} requests/s`);
  return { check, state: 'ok', saw: `generated honestly: ${most.join(', ')} (measured on ${measuredAt.slice(0, 10)})` };
}

/** Only scenarios with this engine need it. */
async function k6(env: Env): Promise<Diagnosis> {
  try {
    const { path, version } = await findK6(env, new AbortController().signal);
    return { check: 'k6', state: 'ok', saw: `${version} at ${path}` };
  } catch (error) {
    return { check: 'k6', state: 'note', saw: messageOf(error), wayOut: `for the load engine k6: ${HOW_TO_GET_K6}` };
  }
}

function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [actualMajor = 0, actualMinor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return actualMajor > major || (actualMajor === major && actualMinor >= minor);
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
