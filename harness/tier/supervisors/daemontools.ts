// daemontools 0.76 (Debian): svscan starts a supervise, which starts ./run and is its parent: the server must stay in the
// foreground. Promises are from cr.yp.to/daemontools (supervise, svscan, svc, svstat), and measured.
import { basename } from 'node:path/posix';
import { z } from 'zod';
import type { SupervisorState } from '../../record/events.js';
import type { Supervisor, SupervisorStatus } from '../plugins.js';
import type { FileSpec } from '../runtime/runtime.js';
import type { Service } from '../service.js';
import { runScript } from './run-script.js';
import { folderOfProcess } from './finds.js';
import { absentFolder, folderNamed, folderOf, serviceFolder } from './service-folder.js';
import { JUST_STARTED, meaningOf, watchStatusFile } from './watch-status-file.js';

const FOLDER = '/etc/service';

const options = z.strictObject({
  /** The service directory that runs the server. */
  service: serviceFolder.default(`${FOLDER}/web`),
});
type Options = z.infer<typeof options>;

/** "It pauses for a second after starting ./run" (supervise): for so long it neither sees its end nor takes commands. */
const PAUSE_MS = 1_000;

const STATES: Readonly<Record<string, SupervisorState>> = {
  up: 'running',
  'up, want down': 'stopping',
  'down, want up': 'starting',
  down: 'stopped',
};

/** What svc can send, by its letters. It has none for QUIT, so that a server which wants that one gets TERM. */
const LETTERS: Readonly<Record<string, string>> = { TERM: 't', INT: 'i', HUP: 'h' };

/** From `/etc/service/web: up (pid 24) 3 seconds`; whatever else svstat says means that no supervise answers. */
export function statusOf(text: string): SupervisorStatus {
  const raw = text.trim().replace(/^\/\S+: /, '');
  const [, base, pid, want = ''] = /^(up|down)(?: \(pid (\d+)\))? \d+ seconds.*?(, want (?:up|down))?$/.exec(raw) ?? [];
  const word = base === undefined ? raw : base + want;
  return { state: STATES[word] ?? 'unreachable', word, trackedPid: pid === undefined ? null : Number(pid), raw };
}

function files(service: Service, folder: string): readonly FileSpec[] {
  return [{ path: `${folder}/run`, content: runScript(service, ['setuidgid', service.user]), mode: 0o755 }];
}

export const daemontools: Supervisor<Options> = {
  name: 'daemontools',
  summary: 'daemontools 0.76: supervise is the parent of a foreground server, and never gives up',
  image: 'daemontools',
  volatileEnv: [],
  options,
  isPid1: false,

  promise: () => ({
    restartsAfter: ['signal', 'error', 'clean-exit'],
    followsInPlace: 'same-pid',
    words: {
      [JUST_STARTED]: 'another child than at the last look of the watch',
      up: 'its child was started and lives; nobody looked whether it serves',
      'up, want down': 'TERM was sent; it waits for the end, however long that takes',
      'down, want up': 'there is no child: it is about to be started',
      down: 'stopped by a command',
      'supervise not running': 'nobody looks after the service; svscan looks every 5 s, and starts another supervise',
    },
    // At once, but for an end within the pause: it is not noticed before that is over.
    restartDelayMs: 0,
    noticeMs: PAUSE_MS,
    runningWords: ['up'],
    settlesWithinMs: 1_000,
    holdsListener: false,
    respawnsItself: true,
    policies: [],
  }),

  suggests: () => ({ daemonize: false, ownPidFile: false }),

  recipe: (service, chosen) => ({
    // Under an init, so that supervise is not PID 1 and can be killed.
    container: { command: ['svscan', FOLDER], env: {}, systemd: false, init: true },
    files: files(service, chosen.service),
    start: [],
  }),

  /** supervise executes ./run anew at each start: nothing has to be told to anybody. */
  adopt: (node, service, chosen) => node.container.copyIn(files(service, chosen.service)),

  async finds(look) {
    const parent = look.ancestors.find(({ command }) => /^(?:\S*\/)?supervise \S+/.test(command));
    const service = parent && (await folderOfProcess(look, parent.pid));
    return service === undefined
      ? undefined
      : { options: { service }, why: `pid ${parent!.pid} above the server is "${parent!.command}"` };
  },

  named: (name, beside) => ({ service: folderNamed(name, beside, FOLDER) }),

  // Not svscan: the node would end with it.
  isSupervisor: ({ command }, chosen) => command === `supervise ${basename(chosen.service)}`,

  async status(node) {
    const { stdout, stderr } = await node.container.exec(['svstat', folderOf(node)]);
    return statusOf(stdout || stderr);
  },

  absent: absentFolder,

  async restart(node) {
    const option = `-${LETTERS[node.service.stop.signal] ?? 't'}`;
    const { exitCode, stderr } = await node.container.exec(['svc', option, folderOf(node)]);
    return `svc ${option} ended with ${exitCode}${stderr === '' ? '' : `: ${stderr.trim()}`}`;
  },

  watch: (node, observe, signal) =>
    watchStatusFile(node, `${folderOf(node)}/supervise/status`, ['svstat', folderOf(node)], statusOf, observe, signal),

  meaningOf,
};
