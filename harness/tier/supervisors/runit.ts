// runit 2.1: runsvdir starts a runsv for each service directory, which starts ./run and is its parent. Promises are from
// runsv(8), runsvdir(8), sv(8), and measured.
import { z } from 'zod';
import type { SupervisorState } from '../../record/events.js';
import type { Supervisor, SupervisorStatus } from '../plugins.js';
import type { Service } from '../service.js';
import type { FileSpec } from '../runtime/runtime.js';
import { runScript } from './run-script.js';
import { JUST_STARTED, meaningOf, watchStatusFile } from './watch-status-file.js';

const FOLDER = '/etc/service';
const SERVICE = `${FOLDER}/web`;
const STATUS = ['sv', 'status', SERVICE];
/** What runsvdir and its children complain about, with their standard error. */
const LOG = '/var/log/runit.log';

const options = z.strictObject({});
type Options = z.infer<typeof options>;

const STATES: Readonly<Record<string, SupervisorState>> = {
  run: 'running',
  'run, want down': 'stopping',
  finish: 'starting',
  'finish, want down': 'stopping',
  'down, want up': 'starting',
  down: 'stopped',
};

/** From `run: /etc/service/web: (pid 31) 5s`, `down: /etc/service/web: 1s, normally up, want up`, `fail: ...`. */
export function statusOf(text: string): SupervisorStatus {
  const raw = text.trim();
  const base = /^(?:run|down|finish|fail|warning)\b/.exec(raw)?.[0] ?? 'no answer';
  const word = base + (/, want (?:up|down)/.exec(raw)?.[0] ?? '');
  const pid = base === 'run' ? Number(/\(pid (\d+)\)/.exec(raw)?.[1] ?? 0) : 0;
  return { state: STATES[word] ?? 'unreachable', word, trackedPid: pid > 0 ? pid : null, raw };
}

function files(service: Service): readonly FileSpec[] {
  return [
    {
      path: `${SERVICE}/run`,
      content: runScript(service, ['chpst', '-u', `${service.user}:${service.user}`]),
      mode: 0o755,
    },
    // Where it ends with 0, runsv sends no TERM of its own; runsv(8), "customize control".
    {
      path: `${SERVICE}/control/t`,
      content: `#!/bin/sh\nexec kill -${service.stop.signal} "$(cat ${SERVICE}/supervise/pid)"\n`,
      mode: 0o755,
    },
  ];
}

export const runit: Supervisor<Options> = {
  name: 'runit',
  summary: 'runit 2.1: runsv is the parent of a foreground server, starts it again at once, and never gives up',
  image: 'runit',
  volatileEnv: [],
  options,
  isPid1: false,

  promise: () => ({
    restartsAfter: ['signal', 'error', 'clean-exit'],
    followsInPlace: 'same-pid',
    words: {
      [JUST_STARTED]: 'another child than at the last look of the watch',
      run: 'its child was started and lives; nobody looked whether it serves',
      'run, want down': 'it was told to stop; it waits for the end, however long that takes',
      finish: 'the child has ended, and ./finish runs',
      'finish, want down': 'the child has ended as it was told to, and ./finish runs',
      'down, want up': 'there is no child: between two starts, or it cannot start one',
      down: 'stopped by a command',
      fail: 'runsv is not running; runsvdir looks every 5 s and starts another, and the old child lives on without it',
      warning: 'it cannot be asked: no runsv has ever run here',
    },
    // At once; a service that did not live for a second waits for that second.
    restartDelayMs: 1_000,
    noticeMs: 100,
    runningWords: ['run'],
    settlesWithinMs: 1_000,
    holdsListener: false,
    // runsvdir looks every 5 s, and starts a runsv that is gone. The orphan keeps the port against its successor's child.
    respawnsItself: true,
    policies: [],
  }),

  suggests: () => ({ daemonize: false, ownPidFile: false }),

  recipe: (service) => ({
    // Under an init, which reaps the children of a runsv that was killed.
    container: {
      command: ['sh', '-c', `exec runsvdir -P ${FOLDER} 2>>${LOG}`],
      env: {},
      systemd: false,
      init: true,
    },
    files: files(service),
    start: [],
  }),

  /** The next start reads ./run anew: nothing has to be told to anybody. */
  adopt: (node, service) => node.container.copyIn(files(service)),

  // Not runsvdir: the node would end with it.
  isSupervisor: ({ command }) => command === 'runsv web',

  async status(node) {
    const { stdout, stderr } = await node.container.exec(STATUS);
    return statusOf(stdout || stderr);
  },

  async restart(node) {
    // It waits for 7 s where it is not told otherwise (sv(8), -w).
    const waitS = Math.ceil(node.service.stop.graceMs / 1_000) + 1;
    const { exitCode, stdout, stderr } = await node.container.exec(['sv', '-w', `${waitS}`, 'restart', SERVICE]);
    return `sv restart ended with ${exitCode}: ${(stdout || stderr).trim()}`;
  },

  watch: (node, observe, signal) =>
    watchStatusFile(node, `${SERVICE}/supervise/stat`, STATUS, statusOf, observe, signal, {
      path: LOG,
      meaningOf: (line) => runit.meaningOf(line),
    }),

  // `runsv web: fatal: unable to start ./run: access denied`
  meaningOf: (line) => (/^runsv web: fatal: /.test(line) ? { action: 'configuration', detail: line } : meaningOf(line)),
};
