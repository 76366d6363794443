// pm2 7.0.3 (npm): a daemon in Node.js, the parent of what it runs. Not PID 1, so that the daemon itself can be killed.
// Facts are from its source and from notes on supervisors, A.7; the wording of its log is matched as it writes it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { HarnessError } from '../../core/errors.js';
import { parseSize } from '../../core/units.js';
import type { SupervisorState } from '../../record/events.js';
import { duration, positiveDuration } from '../../scenario/values.js';
import { packageRoot } from '../images/package-root.js';
import type { Node, Supervisor, SupervisorStatus } from '../plugins.js';
import { DEFAULTS, ECOSYSTEM, ecosystemText, HOME, logFolders, NAME, pm2Env } from './pm2-ecosystem.js';
import { isServer } from './finds.js';
import { atItsHome } from './pm2-home.js';
import { promiseOf } from './pm2-promise.js';
import { watchLines } from './watch-lines.js';

const MIB = 1024 ** 2;
/** Below it pm2 refuses the file (its lib/API/schema.json). */
const LEAST_UPTIME_MS = 100;

const options = z.strictObject({
  /** The process as pm2 lists it. */
  name: z
    .string()
    .regex(/^[^\s/][^/]*$/, { error: "is not the name of a process; write it like 'shop'" })
    .default(NAME),
  /** `cluster`: pm2 loads a program of Node.js into a worker of its own, and holds the listener itself. */
  execMode: z.enum(['fork', 'cluster']).default('fork'),
  autorestart: z.boolean().default(true),
  /** Exit codes after which it is left alone. */
  stopExitCodes: z.array(z.int().min(0)).default([]),
  maxRestarts: z.int().min(0).default(DEFAULTS.maxRestarts),
  minUptime: duration
    .refine((ms) => ms >= LEAST_UPTIME_MS, { error: `is below ${LEAST_UPTIME_MS}ms, which pm2 refuses` })
    .default(DEFAULTS.minUptimeMs),
  restartDelay: duration.default(0),
  /** Grows by half at each restart, up to 15 s. */
  expBackoff: positiveDuration.optional(),
  killTimeout: positiveDuration.default(DEFAULTS.killTimeoutMs),
  /** Absent: the server's own signal for a graceful stop. pm2 itself would send INT. */
  killSignal: z
    .string()
    .regex(/^[A-Z][A-Z0-9]+$/, { error: "is not a signal; write it like 'INT'" })
    .optional(),
  treekill: z.boolean().default(true),
  /** Of the main process, without its workers. */
  maxMemoryRestart: z
    .string()
    .refine((text) => (parseSize(text) ?? 0) >= MIB, { error: "is not a size from 1 MiB on; write it like '213MiB'" })
    .transform((text) => parseSize(text) ?? 0)
    .optional(),
  /** How often it looks at memory. */
  workerInterval: positiveDuration.default(DEFAULTS.workerIntervalMs),
});
export type Pm2Options = z.infer<typeof options>;

const answer = z.object({
  word: z.string(),
  pid: z.number().default(0),
  restarts: z.number().optional(),
});

/** From one line of docker/supervisors/pm2/eyes.cjs. */
export function statusOf(text: string): SupervisorStatus {
  const parsed = answer.safeParse(jsonOf(text));
  if (!parsed.success) return { state: 'unreachable', word: 'unreachable', trackedPid: null, raw: text.trim() };
  const { word, pid, restarts } = parsed.data;
  // The pid of one that is dead stays in its list until the next start.
  const isAlive = ['online', 'launching', 'stopping'].includes(word);
  return {
    state: stateOf(word, pid),
    word,
    trackedPid: isAlive && pid > 0 ? pid : null,
    ...(restarts === undefined ? {} : { restarts }),
    raw: text.trim(),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stateOf(word: string, pid: number): SupervisorState {
  switch (word) {
    case 'online':
      return 'running';
    case 'launching':
      return 'starting';
    case 'waiting restart':
      // It takes the pid away when it lets go, and then writes this word over `errored` and `stopped`.
      return pid > 0 ? 'starting' : 'failed';
    case 'stopping':
      return 'stopping';
    case 'stopped':
      // Between an end and the restart that follows at once: nothing took its pid away.
      return pid > 0 ? 'starting' : 'stopped';
    case 'errored':
      return 'failed';
    case 'not in its list':
      return 'unmonitored';
    default:
      return 'unreachable';
  }
}

const FOUND_BY = options.parse({});

export const pm2: Supervisor<Pm2Options> = {
  name: 'pm2',
  summary: 'pm2 7.0.3: the parent of what it runs; gives up after too many short lives; can restart on memory',
  image: 'pm2',
  // It hands its notes on a process over to it as variables; these change from start to start (measured, and lib/God.js).
  volatileEnv: [
    'pm_uptime',
    'created_at',
    'restart_time',
    'unstable_restarts',
    'prev_restart_delay',
    'exit_code',
    'status',
    'version',
    'unique_id',
    'vizion_running',
    // What a node program tells it after its first start (ForkMode.js, @pm2/io), and gets with all others.
    'node_version',
    'axm_*',
    'restart_task',
    'NODE_CHANNEL_*',
    'NODE_UNIQUE_ID',
    // In cluster mode all of it, the service's own variables too, goes over in this one: there they are not compared.
    'pm2_env',
  ],
  options,
  // It counts lives that are shorter than minUptime: with its 1 s it is luck which of them are.
  crashLoopOptions: { minUptime: '30s' },
  isPid1: false,

  promise: promiseOf,

  suggests: () => ({ daemonize: false, ownPidFile: false }),

  recipe: (service, chosen) => ({
    // tini reaps what a killed daemon leaves behind; the daemon itself stays killable.
    container: { command: ['sleep', 'infinity'], env: pm2Env(service, chosen), systemd: false, init: true },
    files: [
      { path: ECOSYSTEM, content: ecosystemText(service, chosen) },
      // Without this file it takes itself for newly installed and asks the world for a newer version (lib/Client.js).
      { path: `${HOME}/touch`, content: '' },
      ...logFolders(chosen),
    ],
    start: [['pm2', 'start', ECOSYSTEM]],
  }),

  adopt(node) {
    return Promise.reject(
      new HarnessError('boot-failed', `${node.name}: pm2 cannot take over a server that it did not start`, {
        hint: 'deploy by a restart',
      }),
    );
  },

  async finds(look) {
    const daemon = look.processes.find((process) => pm2.isSupervisor(process, FOUND_BY));
    if (!daemon) return undefined;
    const { stdout } = await look.container.exec(atItsHome(['pm2', 'jlist', '--silent']));
    const listed = z
      .array(
        z.looseObject({
          name: z.string(),
          pid: z.number().optional(),
          pm2_env: z.looseObject({ exec_mode: z.string().optional() }).optional(),
        }),
      )
      .safeParse(jsonOf(stdout.slice(stdout.indexOf('['))));
    // In cluster mode the daemon itself holds the listener, and nothing of its list is above it.
    const all = listed.data ?? [];
    const found =
      all.find(({ pid }) => isServer(look, pid ?? 0)) ?? (look.server.pid === daemon.pid ? all[0] : undefined);
    return (
      found && {
        options: { name: found.name, ...(found.pm2_env?.exec_mode === 'cluster_mode' ? { execMode: 'cluster' } : {}) },
        why: `pid ${daemon.pid} is "${daemon.command}", and it lists ${found.name}${found.pm2_env?.exec_mode === 'cluster_mode' ? ' in cluster mode' : ''}`,
      }
    );
  },

  named: (name) => ({ name }),

  // In containers pm2-runtime is often both the client and the daemon.
  isSupervisor: ({ command }) => /^PM2 v\S+: God Daemon|^\S*node \S*\/pm2-runtime(?: |$)/.test(command),

  async status(node) {
    const { stdout, stderr } = await node.container.exec(eyes('status', node));
    return statusOf((stdout || stderr).trim());
  },

  async restart(node) {
    const { name } = node.supervisorOptions as Pm2Options;
    const { exitCode, stdout, stderr } = await node.container.exec(atItsHome(['pm2', 'restart', name]));
    // The rest is a table of all processes; it colours what goes into a pipe too.
    const said = stripVTControlCharacters(`${stdout}\n${stderr}`)
      .split('\n')
      .filter((line) => line.startsWith('[PM2]'));
    return `pm2 restart ended with ${exitCode}: ${said.join(' ').replaceAll(/\s+/g, ' ')}`;
  },

  watch(node, observe, signal) {
    let status: SupervisorStatus | undefined;
    const tell = (next: SupervisorStatus): void => {
      if (status?.word === next.word && status.trackedPid === next.trackedPid) return;
      status = next;
      observe({ kind: 'supervisor', node: node.name, ...next });
    };
    return watchLines(
      node,
      eyes('watch', node),
      (letter, text) => {
        if (letter === 'S') return tell(statusOf(text));
        const line = quoted(text);
        if (isOfAnother(line, node)) return;
        const means = pm2.meaningOf(line);
        // `launching` lasts for some milliseconds only: by the time that the daemon can be asked it is `online`.
        if (means?.action === 'start' && status)
          tell({ ...status, state: 'starting', word: 'launching', trackedPid: null, raw: text });
        observe({ kind: 'supervisor-said', node: node.name, line, ...(means ? { means } : {}) });
      },
      observe,
      signal,
    );
  },

  meaningOf(line) {
    const over = /exceeds --max-memory-restart value \(current_memory=(\d+) max_memory_limit=(\d+)/.exec(line);
    if (over) {
      const [now, limit] = [over[1], over[2]].map((bytes) => Math.round(Number(bytes) / MIB));
      return { action: 'restart-by-policy', policy: 'memory', detail: `${now ?? 0} of ${limit ?? 0} MiB` };
    }
    if (/had too many unstable restarts/.test(line)) return { action: 'gave-up', detail: line };
    if (/^Error: spawn .* (ENOENT|EACCES)/.test(line)) return { action: 'configuration', detail: line };
    if (/ starting in -(fork|cluster) mode-/.test(line)) return { action: 'start', detail: line };
    if (/^Stopping app:|still alive after \d+ms, sending SIGKILL/.test(line)) return { action: 'stop', detail: line };
    if (/ exited with code \[/.test(line)) return { action: 'noticed-exit', detail: line };
    return undefined;
  },
};

/** pm2's own words: "2026-11-23T10:00:00: PM2 log: text" -> "text". */
function quoted(line: string): string {
  return line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d: (?:PM2 (?:log|error): )?/, '').trim();
}

/** Its log has the lines of all that it runs: "App [web:0] starting in -fork mode-", "Stopping app:web id:0". */
function isOfAnother(line: string, { supervisorOptions }: Node): boolean {
  const named = /^App \[([^\]:]+)(?::|\])/.exec(line)?.[1] ?? /^Stopping app:(\S+)/.exec(line)?.[1];
  return named !== undefined && named !== (supervisorOptions as Pm2Options).name;
}

/** The program goes along with the command. Its title keeps it from looking like a server of Node.js. */
function eyes(mode: 'status' | 'watch', { supervisorOptions }: Node): readonly string[] {
  const script = readFileSync(join(packageRoot(), 'docker', 'supervisors', 'pm2', 'eyes.cjs'), 'utf8');
  return atItsHome(['node', '--title=pm2-eyes', '-e', script, '--', mode, (supervisorOptions as Pm2Options).name]);
}
