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

const options = z.strictObject({});
type Options = z.infer<typeof options>;

/** From `run: /etc/service/web: (pid 31) 5s`, `down: ...: 1s, normally up, want up`, `fail: ...: runsv not running`. */
export function statusOf(text: string): SupervisorStatus {
  const word = /^(run|down|finish|fail|warning)\b/.exec(text.trim())?.[1] ?? 'no answer';
  const pid = word === 'run' ? Number(/\(pid (\d+)\)/.exec(text)?.[1] ?? 0) : 0;
  return { state: stateOf(word, text), word, trackedPid: pid > 0 ? pid : null, raw: text.trim() };
}

function stateOf(word: string, text: string): SupervisorState {
  switch (word) {
    case 'run':
      return /want down|got TERM/.test(text) ? 'stopping' : 'running';
    case 'finish':
      return 'starting';
    case 'down':
      // It is down for a moment between two starts, and for good when somebody wants it so.
      return /want up/.test(text) || !/normally up/.test(text) ? 'starting' : 'stopped';
    default:
      return 'unreachable';
  }
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
      finish: 'the child has ended, and ./finish runs',
      down: 'there is no child: between two starts, or because somebody wants it so',
      fail: 'runsv itself is not running: nobody looks after the service',
      warning: 'runsv itself is not running: nobody looks after the service',
    },
    // At once; a service that did not live for a second waits for that second.
    restartDelayMs: 1_000,
    noticeMs: 100,
    runningWords: ['run'],
    settlesWithinMs: 1_000,
    holdsListener: false,
    // runsvdir looks every 5 s, and starts a runsv that is gone.
    respawnsItself: true,
    policies: [],
  }),

  suggests: () => ({ daemonize: false, ownPidFile: false }),

  recipe: (service) => ({
    container: { command: ['runsvdir', '-P', FOLDER], env: {}, systemd: false, init: true },
    files: files(service),
    start: [],
  }),

  /** The next start reads ./run anew: nothing has to be told to anybody. */
  adopt: (node, service) => node.container.copyIn(files(service)),

  isSupervisor: ({ command }) => /^runsv /.test(command),

  async status(node) {
    const { stdout, stderr } = await node.container.exec(STATUS);
    return statusOf(stdout || stderr);
  },

  async restart(node) {
    const { exitCode, stdout, stderr } = await node.container.exec(['sv', 'restart', SERVICE]);
    return `sv restart ended with ${exitCode}: ${(stdout || stderr).trim()}`;
  },

  watch: (node, observe, signal) =>
    watchStatusFile(node, `${SERVICE}/supervise/stat`, STATUS, statusOf, observe, signal),

  meaningOf,
};
