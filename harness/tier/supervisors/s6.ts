// s6 2.11: s6-svscan starts an s6-supervise for each service directory, which starts ./run and is its parent. Promises are
// from s6's own documentation (s6-supervise, servicedir, s6-permafailon), and measured.
import { basename } from 'node:path/posix';
import { z } from 'zod';
import { duration, positiveDuration } from '../../scenario/values.js';
import type { SupervisorState } from '../../record/events.js';
import type { FileSpec } from '../runtime/runtime.js';
import type { Supervisor, SupervisorStatus } from '../plugins.js';
import type { Service } from '../service.js';
import { runScript } from './run-script.js';
import { folderOfProcess } from './finds.js';
import { absentFolder, folderNamed, folderOf, serviceFolder } from './service-folder.js';
import { JUST_STARTED, meaningOf, watchStatusFile } from './watch-status-file.js';

const FOLDER = '/etc/s6';
/** What s6-svscan and its children, ./finish among them, write to their standard error. */
const LOG = '/var/log/s6.log';
/** The end of s6-svstat's complaint, and the word for it. */
const NOBODY = 's6-supervise not running';
/** Every end: s6-permafailon counts exit codes and signals by number or name. */
const EVERY_END = '0-255,SIGKILL,SIGTERM,SIGINT,SIGQUIT,SIGHUP,SIGABRT,SIGSEGV,SIGBUS,SIGILL,SIGFPE,SIGPIPE';

const options = z.strictObject({
  /** The service directory that runs the server. */
  service: serviceFolder.default(`${FOLDER}/web`),
  /** So many ends within so long, then down for good (s6-permafailon in ./finish). Absent: it never gives up. */
  permanentFail: z.strictObject({ ends: z.int().min(1).max(100), within: positiveDuration }).optional(),
  /** After the stop signal; then SIGKILL (the file timeout-kill). 0s: never, as s6 does by default. */
  stopTimeout: duration.default(0),
});
type Options = z.infer<typeof options>;

const STATES: Readonly<Record<string, SupervisorState>> = {
  up: 'running',
  'up, want down': 'stopping',
  'down, want up': 'starting',
  // It should be up, and nobody will start it: ./finish said 125, or it was stopped by a command.
  down: 'failed',
};

/** From `up (pid 31) 5 seconds`, `down (signal SIGKILL) 1 seconds, normally up, want up, ready 1 seconds`. */
export function statusOf(text: string): SupervisorStatus {
  const raw = text.trim();
  const base = /^(?:up|down)\b/.exec(raw)?.[0];
  const word = base === undefined ? unasked(raw) : base + (/, want (?:up|down)/.exec(raw)?.[0] ?? '');
  const pid = base === 'up' ? Number(/\(pid (\d+)[ )]/.exec(raw)?.[1] ?? 0) : 0;
  return { state: STATES[word] ?? 'unreachable', word, trackedPid: pid > 0 ? pid : null, raw };
}

function unasked(raw: string): string {
  return raw.endsWith(NOBODY) ? NOBODY : 'no answer';
}

function files(service: Service, { service: folder, permanentFail, stopTimeout }: Options): readonly FileSpec[] {
  const finish = permanentFail
    ? `exec s6-permafailon ${Math.ceil(permanentFail.within / 1_000)} ${permanentFail.ends} ${EVERY_END} true`
    : 'exit 0';
  return [
    { path: `${folder}/run`, content: runScript(service, ['s6-setuidgid', service.user]), mode: 0o755 },
    { path: `${folder}/finish`, content: `#!/bin/sh\n${finish}\n`, mode: 0o755 },
    { path: `${folder}/down-signal`, content: `SIG${service.stop.signal}\n` },
    ...(stopTimeout === 0 ? [] : [{ path: `${folder}/timeout-kill`, content: `${stopTimeout}\n` }]),
  ];
}

export const s6: Supervisor<Options> = {
  name: 's6',
  summary: 's6 2.11: s6-supervise is the parent of a foreground server; can be told to give up',
  image: 's6',
  volatileEnv: [],
  options,
  variants: [{ permanentFail: { ends: 3, within: '60s' } }],
  isPid1: false,

  promise: ({ permanentFail, stopTimeout }) => ({
    restartsAfter: ['signal', 'error', 'clean-exit'],
    followsInPlace: 'same-pid',
    words: {
      [JUST_STARTED]: 'another child than at the last look of the watch',
      up: 'its child was started and lives; nobody looked whether it serves',
      'up, want down': 'it was told to stop; it waits for the end',
      'down, want up': 'there is no child: between two starts, or it cannot start one',
      down: 'for good: it ended so many times, or was stopped by a command',
      [NOBODY]: 's6-svscan starts another one at once, and the old child lives on without it',
    },
    // At least a second between two starts.
    restartDelayMs: 1_000,
    noticeMs: 100,
    ...(permanentFail
      ? { budget: { restarts: permanentFail.ends - 1, withinMs: permanentFail.within, thenState: 'failed' } }
      : {}),
    ...(stopTimeout === 0 ? {} : { stopTimeoutMs: stopTimeout }),
    runningWords: ['up'],
    settlesWithinMs: 1_000,
    holdsListener: false,
    // s6-svscan starts an s6-supervise that is gone. The orphan keeps the port against its successor's child.
    respawnsItself: true,
    policies: [],
  }),

  suggests: () => ({ daemonize: false, ownPidFile: false }),

  recipe: (service, chosen) => ({
    // Under an init, which reaps the children of an s6-supervise that was killed.
    container: { command: ['sh', '-c', `exec s6-svscan ${FOLDER} 2>>${LOG}`], env: {}, systemd: false, init: true },
    files: files(service, chosen),
    start: [],
  }),

  /** The next start reads ./run anew; ./finish, down-signal and timeout-kill are read each time that they are used. */
  adopt: (node, service, chosen) => node.container.copyIn(files(service, chosen)),

  async finds(look) {
    const parent = look.ancestors.find(({ command }) => /^(?:\S*\/)?s6-supervise \S+/.test(command));
    const service = parent && (await folderOfProcess(look, parent.pid));
    return service === undefined
      ? undefined
      : { options: { service }, why: `pid ${parent!.pid} above the server is "${parent!.command}"` };
  },

  named: (name, beside) => ({ service: folderNamed(name, beside, FOLDER) }),

  // Not s6-svscan: the node would end with it.
  isSupervisor: ({ command }, chosen) => command === `s6-supervise ${basename(chosen.service)}`,

  async status(node) {
    const { stdout, stderr } = await node.container.exec(['s6-svstat', folderOf(node)]);
    return statusOf(stdout || stderr);
  },

  absent: absentFolder,

  async restart(node) {
    const { exitCode, stdout, stderr } = await node.container.exec(['s6-svc', '-r', folderOf(node)]);
    return `s6-svc -r ended with ${exitCode}${(stderr || stdout).trim() === '' ? '' : `: ${(stderr || stdout).trim()}`}`;
  },

  watch: (node, observe, signal) =>
    watchStatusFile(
      node,
      `${folderOf(node)}/supervise/status`,
      ['s6-svstat', folderOf(node)],
      statusOf,
      observe,
      signal,
      {
        path: node.service.isOwn ? '/dev/null' : LOG,
        meaningOf: (line) => s6.meaningOf(line),
      },
    ),

  meaningOf(line) {
    if (/^s6-permafailon: .*PERMANENT FAILURE/.test(line)) return { action: 'gave-up', detail: line };
    if (/^s6-supervise \S+.*: (?:fatal|warning): unable to (?:spawn|exec)/.test(line))
      return { action: 'configuration', detail: line };
    return meaningOf(line);
  },
};
