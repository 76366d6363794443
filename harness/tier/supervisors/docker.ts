// The container engine's own restart policy: the server is what the container runs, and nothing in the node looks after
// it. Facts are from the engine's documentation and source (moby, restartmanager) and notes on supervisors, A.8.
import { z } from 'zod';
import { HarnessError } from '../../core/errors.js';
import type { RestartPromise, ServiceEnd } from '../../plan/promise.js';
import type { SupervisorState } from '../../record/events.js';
import type { Node, Supervisor, SupervisorStatus } from '../plugins.js';
import type { ContainerState, RestartPolicy } from '../runtime/runtime.js';
import type { Service } from '../service.js';
import { meaningOf, watchEngine } from './docker-watch.js';

/** moby, restartmanager: 100 ms, doubled at each restart up to a minute; a run of 10 s begins anew. */
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;
/** Its count of restarts is forgotten only when somebody starts the container by hand. */
const FOR_EVER_MS = 365 * 24 * 3_600_000;

const options = z
  .strictObject({
    restart: z.enum(['no', 'always', 'unless-stopped', 'on-failure']).default('always'),
    /** Of on-failure: so many restarts, then it stays down. Absent: without end. */
    maximumRetryCount: z.int().min(1).optional(),
    /** The engine's init is PID 1 and the server its child. False: the server is PID 1 itself, and cannot be crashed from inside. */
    init: z.boolean().default(true),
  })
  .refine(({ restart, maximumRetryCount }) => maximumRetryCount === undefined || restart === 'on-failure', {
    path: ['maximumRetryCount'],
    error: "is for restart: 'on-failure' only",
  });
export type DockerOptions = z.infer<typeof options>;

const RESTARTS_AFTER: Readonly<Record<DockerOptions['restart'], readonly ServiceEnd[]>> = {
  no: [],
  always: ['signal', 'error', 'clean-exit'],
  'unless-stopped': ['signal', 'error', 'clean-exit'],
  'on-failure': ['signal', 'error'],
};

/** What the engine says, with the pid that it started, as that is numbered in the node. */
export function statusFrom(state: ContainerState, trackedPid: number | null): SupervisorStatus {
  const isUp = state.word === 'running';
  return {
    state: stateOf(state),
    word: state.word === 'exited' ? `exited (${state.exitCode})` : state.word,
    trackedPid: isUp ? trackedPid : null,
    restarts: state.restarts,
    raw: `${state.word}, exit code ${state.exitCode}, ${state.restarts} restarts${state.error === '' ? '' : `: ${state.error}`}`,
  };
}

function stateOf({ word, exitCode }: ContainerState): SupervisorState {
  switch (word) {
    case 'running':
      return 'running';
    case 'created':
    case 'restarting':
      return 'starting';
    case 'exited':
      return exitCode === 0 ? 'stopped' : 'failed';
    case 'dead':
      return 'failed';
    case 'removing':
      return 'stopping';
    case 'paused':
      return 'stopped';
  }
}

/** The first child of PID 1: what the engine's init was told to run. Orphans that it adopts later are younger. */
const FIRST_CHILD = `
first= oldest=
for file in /proc/[0-9]*/stat; do
  read -r line 2>/dev/null <"$file" || continue
  pid=\${line%% *}
  set -- \${line##*) }
  [ "$2" = 1 ] || continue
  if [ -z "$oldest" ] || [ "\${20}" -lt "$oldest" ]; then oldest=\${20} first=$pid; fi
done
echo "$first"
`;

/** The server's pid inside the node: the engine itself knows only the one on its own machine. */
async function trackedPidOf(node: Node): Promise<number | null> {
  const { init } = node.supervisorOptions as DockerOptions;
  if (!init) return 1;
  if (node.unseen !== undefined) return null;
  const { stdout } = await node.container.exec(['sh', '-c', FIRST_CHILD]);
  const pid = Number(stdout.trim());
  return pid > 0 ? pid : null;
}

/** Asked of a container that goes down meanwhile, there is no pid; the next look says why. */
async function look(node: Node): Promise<SupervisorStatus> {
  const state = await node.container.state();
  const pid = state.word === 'running' ? await trackedPidOf(node).catch(() => null) : null;
  return statusFrom(state, pid);
}

function policyOf({ restart, maximumRetryCount }: DockerOptions): RestartPolicy {
  return { name: restart, ...(maximumRetryCount === undefined ? {} : { maximumRetryCount }) };
}

function budgetOf({ maximumRetryCount }: DockerOptions): Pick<RestartPromise, 'budget'> {
  if (maximumRetryCount === undefined) return {};
  return { budget: { restarts: maximumRetryCount, withinMs: FOR_EVER_MS, thenState: 'failed' } };
}

export const docker: Supervisor<DockerOptions> = {
  name: 'docker',
  summary: "the container engine's own restart policy; the server is what the container runs",
  image: null,
  volatileEnv: [],
  options,
  isPid1: false,
  isOutside: true,
  variants: [{ restart: 'on-failure', maximumRetryCount: 2 }, { restart: 'no' }],

  promise: (chosen) => ({
    restartsAfter: RESTARTS_AFTER[chosen.restart],
    // The container lives as long as the process that it was started with.
    followsInPlace: 'same-pid',
    words: {
      running: 'what the container was started with runs',
      ended: 'it ended a moment ago; what becomes of it follows',
      restarting: 'it ended, and is started again when the delay is over',
      exited: 'it ended and is not started again: nothing left to try, none was wanted, or somebody stopped it by hand',
      created: 'never started',
      paused: 'frozen by hand',
      dead: 'the engine could not remove it',
    },
    restartDelayMs: FIRST_DELAY_MS,
    restartDelayGrowsToMs: LONGEST_DELAY_MS,
    noticeMs: 100,
    ...budgetOf(chosen),
    runningWords: ['running'],
    settlesWithinMs: 1_000,
    holdsListener: false,
    respawnsItself: false,
    livesOutside: true,
    serverIsPid1: !chosen.init,
    policies: [],
  }),

  suggests: () => ({ daemonize: false, ownPidFile: false }),

  recipe: (service, chosen) => ({
    container: {
      command: service.argv,
      env: service.env,
      systemd: false,
      init: chosen.init,
      user: service.user,
      cwd: service.cwd,
      ...(service.openFiles === undefined ? {} : { openFiles: service.openFiles }),
      stopSignal: service.stop.signal,
      restartPolicy: policyOf(chosen),
    },
    files: [],
    start: [],
  }),

  /** What a container runs is settled when it is made; `docker update` changes limits and the policy only. */
  adopt(node, service) {
    const changed = changes(node.service, service);
    if (changed.length === 0) return Promise.resolve();
    throw new HarnessError('boot-failed', `${node.name}: a running container cannot be given another service`, {
      evidence: `it differs in ${changed.join(', ')}`,
      hint: 'deployed over: hot needs a supervisor that can read a new configuration',
    });
  },

  own: (chosen) => ({ init: chosen.init, restartPolicy: policyOf(chosen) }),

  isSupervisor: () => false,

  status: look,

  async restart(node) {
    await node.container.restart(node.service.stop.graceMs);
    return 'the engine says that it has stopped the container and started it again';
  },

  watch: (node, observe, signal) => {
    const { maximumRetryCount = Infinity } = node.supervisorOptions as DockerOptions;
    const isGivenUp = ({ state, restarts = 0 }: SupervisorStatus): boolean =>
      state === 'failed' && restarts >= maximumRetryCount;
    return watchEngine(node, { look: () => look(node), isGivenUp }, observe, signal);
  },

  meaningOf,
};

function changes(before: Service, after: Service): readonly string[] {
  const parts = (service: Service): Readonly<Record<string, unknown>> => ({
    'the command': service.argv,
    'the environment': service.env,
    'the user': service.user,
    'the directory': service.cwd,
    'the limit of open files': service.openFiles,
  });
  const now = parts(after);
  return Object.entries(parts(before)).flatMap(([name, value]) =>
    JSON.stringify(value) === JSON.stringify(now[name]) ? [] : [name],
  );
}
