// runit 2.1: runsvdir starts a runsv for each service directory, which starts ./run and is its parent. Promises are from
// runsv(8), runsvdir(8), sv(8), and measured.
import { basename } from 'node:path/posix';
import { z } from 'zod';
import type { SupervisorState } from '../../record/events.js';
import type { Supervisor, SupervisorStatus } from '../plugins.js';
import type { Service } from '../service.js';
import type { FileSpec } from '../runtime/runtime.js';
import { runScript } from './run-script.js';
import { folderOfProcess } from './finds.js';
import { absentFolder, folderNamed, folderOf, serviceFolder } from './service-folder.js';
import { JUST_STARTED, meaningOf, watchStatusFile } from './watch-status-file.js';

const FOLDER = '/etc/service';
/** What runsvdir and its children complain about, with their standard error. */
const LOG = '/var/log/runit.log';

const options = z.strictObject({
  /** The service directory that runs the server. */
  service: serviceFolder.default(`${FOLDER}/web`),
});
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

function files(service: Service, folder: string): readonly FileSpec[] {
  return [
    {
      path: `${folder}/run`,
      content: runScript(service, ['chpst', '-u', `${service.user}:${service.user}`]),
      mode: 0o755,
    },
    // Where it ends with 0, runsv sends no TERM of its own; runsv(8), "customize control".
    {
      path: `${folder}/control/t`,
      content: `#!/bin/sh\nexec kill -${service.stop.signal} "$(cat ${folder}/supervise/pid)"\n`,
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

  recipe: (service, chosen) => ({
    // Under an init, which reaps the children of a runsv that was killed.
    container: {
      command: ['sh', '-c', `exec runsvdir -P ${FOLDER} 2>>${LOG}`],
      env: {},
      systemd: false,
      init: true,
    },
    files: files(service, chosen.service),
    start: [],
  }),

  /** The next start reads ./run anew: nothing has to be told to anybody. */
  adopt: (node, service, chosen) => node.container.copyIn(files(service, chosen.service)),

  async finds(look) {
    const parent = look.ancestors.find(({ command }) => /^(?:\S*\/)?runsv \S+/.test(command));
    const service = parent && (await folderOfProcess(look, parent.pid));
    return service === undefined
      ? undefined
      : { options: { service }, why: `pid ${parent!.pid} above the server is "${parent!.command}"` };
  },

  named: (name, beside) => ({ service: folderNamed(name, beside, FOLDER) }),

  // Not runsvdir: the node would end with it.
  isSupervisor: ({ command }, chosen) => command === `runsv ${basename(chosen.service)}`,

  async status(node) {
    const { stdout, stderr } = await node.container.exec(['sv', 'status', folderOf(node)]);
    return statusOf(stdout || stderr);
  },

  absent: absentFolder,

  async restart(node) {
    // It waits for 7 s where it is not told otherwise (sv(8), -w).
    const waitS = Math.ceil(node.service.stop.graceMs / 1_000) + 1;
    const { exitCode, stdout, stderr } = await node.container.exec(['sv', '-w', `${waitS}`, 'restart', folderOf(node)]);
    return `sv restart ended with ${exitCode}: ${(stdout || stderr).trim()}`;
  },

  watch: (node, observe, signal) =>
    watchStatusFile(
      node,
      `${folderOf(node)}/supervise/stat`,
      ['sv', 'status', folderOf(node)],
      statusOf,
      observe,
      signal,
      {
        path: node.service.isOwn ? '/dev/null' : LOG,
        meaningOf: (line) => runit.meaningOf(line),
      },
    ),

  // `runsv web: fatal: unable to start ./run: access denied`
  meaningOf: (line) => (/^runsv \S+: fatal: /.test(line) ? { action: 'configuration', detail: line } : meaningOf(line)),
};
