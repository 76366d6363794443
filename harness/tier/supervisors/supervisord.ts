// supervisord 4.2.5 (Debian): tracks its own child, which must stay in the foreground. Facts are from its source, its
// documentation (subprocess.rst, configuration.rst) and notes on supervisors, A.4; its log is matched as it writes it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../core/errors.js';
import type { ServiceEnd } from '../../plan/promise.js';
import type { SupervisorState } from '../../record/events.js';
import { packageRoot } from '../images/package-root.js';
import type { Node, NodeLook, Supervisor, SupervisorStatus } from '../plugins.js';
import { CONF, confFiles, LOG, SOCKET } from './supervisord-conf.js';
import { isServer } from './finds.js';
import { watchLines } from './watch-lines.js';

/** Its loop looks at signals and states when something wakes it, else once a second (supervisord.py, runforever). */
const LOOP_MS = 1_000;

/** configuration.rst, [program:x]; names, units and defaults are supervisord's own. */
const options = z
  .strictObject({
    /** The program that runs the server; of a group: 'group:program'. */
    program: z
      .string()
      .regex(/^[\w.@-]+(?::[\w.@-]+)?$/, {
        error: "is not the name of a program; write it like 'shop' or 'group:shop'",
      })
      .default('web'),
    /** supervisord.conf, for supervisorctl and for where its socket and its log are. */
    config: z
      .string()
      .regex(/^\/\S+$/, { error: 'is not an absolute path' })
      .default(CONF),
    startsecs: z.int().min(0).default(1),
    startretries: z.int().min(0).default(3),
    autorestart: z.union([z.literal('unexpected'), z.boolean()]).default('unexpected'),
    exitcodes: z.array(z.int().min(0).max(255)).min(1).default([0]),
    stopwaitsecs: z.int().min(1).default(10),
    stopasgroup: z.boolean().default(false),
    /** Absent: as stopasgroup. */
    killasgroup: z.boolean().optional(),
  })
  .refine(({ stopasgroup, killasgroup }) => !stopasgroup || killasgroup !== false, {
    error: 'cannot be false while stopasgroup is true: supervisord refuses it',
    path: ['killasgroup'],
  })
  .transform((chosen) => ({ ...chosen, killasgroup: chosen.killasgroup ?? chosen.stopasgroup }));
export type SupervisordOptions = z.infer<typeof options>;

const STATES: Readonly<Record<string, SupervisorState>> = {
  RUNNING: 'running',
  STARTING: 'starting',
  BACKOFF: 'starting',
  STOPPING: 'stopping',
  STOPPED: 'stopped',
  EXITED: 'stopped',
  FATAL: 'failed',
};

/** From `RUNNING 14 pid 14, uptime 0:00:07`. */
export function statusOf(text: string): SupervisorStatus {
  const [word = '', pid = '0'] = text.trim().split(' ');
  return told(Object.hasOwn(STATES, word) ? word : 'unreachable', Number(pid), text.trim());
}

function told(word: string, pid: number, raw: string): SupervisorStatus {
  return { state: STATES[word] ?? 'unreachable', word, trackedPid: pid > 0 ? pid : null, raw };
}

/** What a line of its log makes of the state (process.py writes one for each change); undefined: the same as before. */
export function statusAfter(before: SupervisorStatus | undefined, line: string): SupervisorStatus | undefined {
  const spawned = /^spawned: '[^']*' with pid (\d+)/.exec(line);
  if (spawned) return told('STARTING', Number(spawned[1]), line);
  const pid = before?.trackedPid ?? 0;
  if (/^success: \S+ entered RUNNING state/.test(line)) return told('RUNNING', pid, line);
  if (/^waiting for \S+ to stop/.test(line)) return told('STOPPING', pid, line);
  if (/^stopped: \S+ /.test(line)) return told('STOPPED', 0, line);
  if (/^gave up: \S+ entered FATAL state/.test(line)) return told('FATAL', 0, line);
  // The words are the same; only an end before startsecs were over is one that it waits after.
  if (/^exited: \S+ /.test(line)) return told(before?.word === 'STARTING' ? 'BACKOFF' : 'EXITED', 0, line);
  return /^spawnerr: /.test(line) ? told('BACKOFF', 0, line) : undefined;
}

/** subprocess.rst: `unexpected` looks at the exit code, and an end by a signal has none. */
function restartsAfter({ autorestart, exitcodes }: SupervisordOptions): readonly ServiceEnd[] {
  if (autorestart === false) return [];
  return autorestart === true || !exitcodes.includes(0) ? ['signal', 'error', 'clean-exit'] : ['signal', 'error'];
}

/**
 * Only ends before startsecs were over count, each wait before a retry is a second longer (process.py, change_state). A
 * server that had been RUNNING gets one start more: its end is no failed start yet.
 */
function budgetOf({ startsecs, startretries }: SupervisordOptions) {
  const waitsMs = (startretries * (startretries + 1) * 1_000) / 2;
  const youngerThanMs = startsecs * 1_000;
  const withinMs = waitsMs + (startretries + 1) * (youngerThanMs + 2 * LOOP_MS);
  return { restarts: startretries, withinMs, thenState: 'failed', youngerThanMs };
}

const DEFAULTS = options.parse({});

export const supervisord: Supervisor<SupervisordOptions> = {
  name: 'supervisord',
  summary: 'supervisord 4.2: tracks its child, a foreground server; gives up after some starts that fail',
  image: 'supervisord',
  volatileEnv: [],
  options,
  isPid1: false,
  // It looks once a second: with startsecs of 1 it is luck whether an end counts as a failed start.
  crashLoopOptions: { startsecs: 5 },

  promise: (chosen) => ({
    restartsAfter: restartsAfter(chosen),
    followsInPlace: 'same-pid',
    words: {
      STARTING: `spawned; it has not yet stayed up for ${chosen.startsecs} s (startsecs)`,
      RUNNING: 'its child lives and has stayed up for startsecs; nobody looked whether it serves',
      BACKOFF: 'the child ended too soon; the next try comes after a wait that grows by a second each time',
      STOPPING: 'the stop signal was sent; it waits for the end',
      STOPPED: 'stopped by a command',
      EXITED: 'the child ended; it stays so where autorestart does not want it back',
      FATAL: 'it has given up: nothing will be started again until somebody asks for it',
    },
    restartDelayMs: LOOP_MS,
    ...(chosen.startretries === 0 ? {} : { restartDelayGrowsToMs: chosen.startretries * 1_000 + LOOP_MS }),
    noticeMs: LOOP_MS,
    ...(chosen.startsecs === 0 || chosen.autorestart === false ? {} : { budget: budgetOf(chosen) }),
    stopTimeoutMs: chosen.stopwaitsecs * 1_000,
    runningWords: ['RUNNING'],
    settlesWithinMs: chosen.startsecs * 1_000 + 2 * LOOP_MS,
    holdsListener: false,
    respawnsItself: false,
    policies: [],
  }),

  suggests: () => ({ daemonize: false, ownPidFile: false }),

  recipe: (service, chosen) => ({
    // It puts itself into the background. tini reaps what is left when it is killed.
    container: { command: ['sleep', 'infinity'], env: {}, systemd: false, init: true },
    files: confFiles(service, chosen),
    start: [['supervisord', '-c', chosen.config]],
  }),

  /**
   * supervisord cannot be given a new definition of a program that runs: `reread` only reads it, `update` stops the
   * program and starts it anew, and until then each restart of its own uses the old one (supervisorctl, "help reread").
   * Who must not touch the process writes the file, lets supervisord check it, and leaves `update` for later; so does this.
   */
  async adopt(node, service, chosen, signal) {
    await node.container.copyIn(confFiles(service, chosen));
    const { exitCode, stdout, stderr } = await node.container.exec(['supervisorctl', '-c', chosen.config, 'reread'], {
      signal,
    });
    const said = (stderr || stdout).trim();
    if (exitCode !== 0 || /ERROR/.test(said))
      throw new HarnessError('boot-failed', `${node.name}: supervisorctl reread ended with ${exitCode}`, {
        evidence: said,
      });
  },

  async finds(look) {
    const daemon = look.processes.find((process) => supervisord.isSupervisor(process, DEFAULTS));
    if (!daemon) return undefined;
    const config = /(?:-c|--configuration)[ =]?(\/\S+)/.exec(daemon.command)?.[1] ?? (await configOf(look)) ?? CONF;
    const { stdout } = await look.container.exec(['supervisorctl', '-c', config, 'status']);
    const found = [...stdout.matchAll(/^(\S+)\s+\w+\s+pid (\d+),/gm)].find(([, , pid]) => isServer(look, Number(pid)));
    if (!found) return undefined;
    const options = { program: found[1] ?? '', ...(config === CONF ? {} : { config }) };
    return { options, why: `pid ${daemon.pid} is "${daemon.command}", and its status names pid ${found[2] ?? ''}` };
  },

  named: (name) => ({ program: name }),

  // Not supervisorctl, and not the eyes, whose text has its name in it.
  isSupervisor: ({ command }) => /^\S*python[\d.]* \S*\/supervisord(?: |$)/.test(command),

  async status(node) {
    const { stdout, stderr } = await node.container.exec(eyes('status', node));
    return statusOf(stdout.trim() || stderr);
  },

  async restart(node) {
    const { config, program } = node.supervisorOptions as SupervisordOptions;
    const { exitCode, stdout, stderr } = await node.container.exec(['supervisorctl', '-c', config, 'restart', program]);
    return `supervisorctl restart ended with ${exitCode}: ${(stderr || stdout).trim().replaceAll(/\s+/g, ' ')}`;
  },

  watch(node, observe, signal) {
    let status: SupervisorStatus | undefined;
    const tell = (next: SupervisorStatus | undefined): void => {
      if (!next || (status?.word === next.word && status.trackedPid === next.trackedPid)) return;
      status = next;
      observe({ kind: 'supervisor', node: node.name, ...next });
    };
    return watchLines(
      node,
      eyes('watch', node),
      (letter, text) => {
        if (letter === 'S') return tell(statusOf(text));
        const line = quoted(text);
        if (!isOf(line, processName(node))) return;
        const means = supervisord.meaningOf(line);
        observe({ kind: 'supervisor-said', node: node.name, line, ...(means ? { means } : {}) });
        tell(statusAfter(status, line));
      },
      observe,
      signal,
    );
  },

  meaningOf(line) {
    if (/^gave up: /.test(line)) return { action: 'gave-up', detail: line };
    if (/^spawnerr: (?!Exited too quickly)/.test(line)) return { action: 'configuration', detail: line };
    if (/^spawned: /.test(line)) return { action: 'start', detail: line };
    if (/^exited: /.test(line)) return { action: 'noticed-exit', detail: line };
    if (/^stopped: |^waiting for \S+ to stop|^killing '/.test(line)) return { action: 'stop', detail: line };
    return undefined;
  },
};

/** "2026-01-05 10:00:00,123 INFO spawned: ..." -> "spawned: ...". */
function quoted(line: string): string {
  return line.replace(/^\S+ \S+ (?:INFO|WARN|ERRO|CRIT|DEBG) /, '').trim();
}

/** The text goes along with the command, so that nothing has to be in the node but supervisord. */
function eyes(mode: 'status' | 'watch', node: Node): readonly string[] {
  const script = readFileSync(join(packageRoot(), 'docker', 'supervisors', 'supervisord', 'eyes.py'), 'utf8');
  const { config, program } = node.supervisorOptions as SupervisordOptions;
  return ['python3', '-c', script, mode, program, config, SOCKET, LOG];
}

/** Where supervisord looks by itself (options.py, default_configfile), those that a container usually has. */
async function configOf({ container }: NodeLook): Promise<string | undefined> {
  const usual = ['/etc/supervisord.conf', '/etc/supervisor/supervisord.conf'];
  const { stdout } = await container.exec([
    'sh',
    '-c',
    'for f; do [ -f "$f" ] && echo "$f" && break; done',
    'sh',
    ...usual,
  ]);
  return stdout.trim() === '' ? undefined : stdout.trim();
}

function processName({ supervisorOptions }: Node): string {
  return (supervisorOptions as SupervisordOptions).program.split(':').at(-1) ?? '';
}

/** Lines that name another program are not about the server; its log has those of all programs. */
function isOf(line: string, program: string): boolean {
  const named =
    /^(?:spawned|killing): '?'([^']+)'/.exec(line)?.[1] ??
    /^(?:success|stopped|gave up|exited|waiting for|spawnerr): ?(\S+)/.exec(line)?.[1];
  return named === undefined || named === program || line.startsWith('spawnerr');
}
