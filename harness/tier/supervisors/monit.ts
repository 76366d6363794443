// monit 5.33 (Debian): looks once a cycle whether the pid of a pid file is alive. Facts are from its manual, monit(1),
// from notes on supervisors, A.5, and measured; its log is matched as it writes it.
import { z } from 'zod';
import { waitFor } from '../../core/clock.js';
import { HarnessError } from '../../core/errors.js';
import { parseSize } from '../../core/units.js';
import type { SupervisorAction, SupervisorState } from '../../record/events.js';
import { positiveDuration } from '../../scenario/values.js';
import type { Node, Supervisor, SupervisorStatus } from '../plugins.js';
import type { Service } from '../service.js';
import { LOG, MONIT_PID_FILE, monitFiles, pidFileOf, RC } from './monit-rc.js';
import { isServer } from './finds.js';
import { watchLines } from './watch-lines.js';

const MIB = 1024 ** 2;
const ADOPT_DEADLINE_MS = 20_000;

const wholeSeconds = positiveDuration.refine((ms) => ms % 1_000 === 0, { error: 'is not a whole number of seconds' });

const options = z.strictObject({
  /** The process as `check process` names it. */
  service: z
    .string()
    .regex(/^[\w.@-]+$/, { error: "is not the name of a service; write it like 'shop'" })
    .default('web'),
  /** The control file. */
  config: z
    .string()
    .regex(/^\/[\w@./-]+$/, { error: 'is not an absolute path' })
    .default(RC),
  /** `set daemon`: the time between two looks. */
  cycle: wholeSeconds.default(1_000),
  /** Total memory of the process and its children. */
  memoryLimit: z
    .string()
    .refine((text) => (parseSize(text) ?? 0) >= MIB, { error: "is not a size from 1 MiB on; write it like '213MiB'" })
    .transform((text) => Math.round((parseSize(text) ?? 0) / MIB))
    .optional(),
  /** So many looks in a row over the limit; monit(1) knows 64 at most. */
  memoryCycles: z.int().min(1).max(64).default(1),
  startTimeout: wholeSeconds.default(30_000),
  stopTimeout: wholeSeconds.default(30_000),
  /** `if N restarts within M cycles then unmonitor`; absent: it never gives up. */
  unmonitorAfter: z
    .strictObject({ restarts: z.int().min(1), cycles: z.int().min(1) })
    .refine(({ restarts, cycles }) => restarts <= cycles, {
      error: 'has more restarts than cycles: monit(1) forbids it',
    })
    .optional(),
});
export type MonitOptions = z.infer<typeof options>;

/** From the answer to `monit status web`: its lines, one after another. */
export function statusOf(text: string): SupervisorStatus {
  const valueOf = (name: string): string | undefined =>
    new RegExp(`^ {2}${name} {2,}(.+)$`, 'm').exec(text)?.[1]?.trim();
  const status = valueOf('status');
  const monitored = valueOf('monitoring status') ?? '';
  const pid = Number(valueOf('pid') ?? 0);
  const word = status === undefined ? 'unreachable' : monitored.startsWith('Not monitored') ? monitored : status;
  const raw = text.trim().replaceAll(/\s+/g, ' ');
  return { state: stateOf(word), word, trackedPid: pid > 0 ? pid : null, raw: raw.slice(0, 300) };
}

function stateOf(word: string): SupervisorState {
  if (word === 'unreachable') return 'unreachable';
  if (/stop pending/.test(word)) return 'stopping';
  if (/start pending|Initializing|Waiting/.test(word)) return 'starting';
  if (/^Not monitored/.test(word)) return 'unmonitored';
  // It starts the process in the same cycle, and again in each one in which it misses it.
  if (/Does not exist|Execution failed|Data access error/.test(word)) return 'starting';
  return 'running';
}

/**
 * One long-lived shell in the node: prints new lines of monit's log (L), and asks monit for the state (S) after such
 * lines, when monit or the process is gone from /proc, every 5 s, and three times a second while it is between states.
 * Only the asking forks. A dead monit is not asked: its client would write its failure into the very log that is read
 * here. \`tail -F\` told lines up to a second late (it polls on overlayfs). It ends when its standard input closes.
 */
const watchScript = (node: Node): string => `
touch ${LOG}
exec 4<${LOG}
while read -r -u 4; do :; done
line= last= main=0 monit=0 looks=0 due=0
while :; do
  news=
  while IFS= read -r -u 4 part; over=$?; line=$line$part; [ $over = 0 ]; do
    echo "L $line"
    line= news=1
  done
  { [ $main = 0 ] || [ -d /proc/$main ]; } && { [ $monit = 0 ] || [ -d /proc/$monit ]; } || gone=1
  if [ -n "$news" ] || [ $looks -ge $due ] || { [ -n "$gone" ] && [ $looks -ge 3 ]; }; then
    looks=0 due=50 main=0 gone=
    read -r monit <${MONIT_PID_FILE}
    if [ -d /proc/\${monit:=none} ]; then
      now=$(${statusCommand(node).join(' ')} 2>&1)
      [[ $now =~ $'\\n  pid '[\\ ]*([0-9]+) ]] && main=\${BASH_REMATCH[1]}
      [[ $now == *'  OK'* ]] || due=3
    else
      now="no process with the pid of monit ($monit)" monit=0 due=5
    fi
    now=\${now//$'\\n'/$'\\t'}
    [ "$now" = "$last" ] || echo "S $now"
    last=$now
  fi 2>/dev/null
  looks=$((looks + 1))
  read -r -t 0.1
  [ $? -gt 128 ] || break
done
`;

const DEFAULTS = options.parse({});

export const monit: Supervisor<MonitOptions> = {
  name: 'monit',
  summary: 'monit 5.33: looks at a pid file each second; can restart on memory, can let go after some restarts',
  image: 'monit',
  volatileEnv: ['MONIT_*'],
  options,
  // One that dies before monit has seen it start is waited for until startTimeout: it is luck which blow falls so early.
  crashLoopOptions: { startTimeout: '10s' },
  isPid1: false,

  promise: (chosen) => ({
    // It knows only whether the pid of the pid file is alive: every end is the same to it.
    restartsAfter: ['signal', 'error', 'clean-exit'],
    followsInPlace: 'pid-file',
    words: {
      OK: 'at its last look a process with the pid of the pid file was alive',
      'Resource limit matched': 'the process lives, and is over a limit: restarted once it was so for long enough',
      'Does not exist': 'no process with the pid of the pid file at its last look; it starts it in the same cycle',
      'Execution failed': 'the start or stop program failed or was not done in time; it tries again in the next cycle',
      Initializing: 'it has acted, and has not looked since',
      'Not monitored': 'it has let go: nothing will be restarted, though the server may serve',
    },
    restartDelayMs: 0,
    noticeMs: chosen.cycle,
    ...(chosen.unmonitorAfter === undefined ? {} : { budget: budgetOf(chosen.unmonitorAfter, chosen.cycle) }),
    runningWords: ['OK', 'Resource limit matched'],
    settlesWithinMs: 2 * chosen.cycle + 2_000,
    holdsListener: false,
    respawnsItself: false,
    policies:
      chosen.memoryLimit === undefined
        ? []
        : [{ name: 'memory', periodMs: chosen.cycle, limit: `${chosen.memoryLimit} MiB` }],
    policyOptions: { memory: { memoryLimit: '300MiB' } },
  }),

  // monit(1), SERVICE METHODS: it waits for the start program, and ends one that stays at its time-out.
  suggests: () => ({ daemonize: true, ownPidFile: true, daemonizesIt: true, startThatStays: 'killed' }),

  recipe: (service, chosen) => ({
    // tini reaps: a zombie still has its pid. monit puts itself into the background and stays killable.
    container: { command: ['sleep', 'infinity'], env: {}, systemd: false, init: true },
    files: monitFiles(service, chosen),
    start: [['monit', '-c', chosen.config]],
  }),

  /** `monit reload` reads the new file and touches no process: whoever is in the pid file stays. */
  async adopt(node, service, chosen, signal) {
    await node.container.copyIn(monitFiles(service, chosen));
    const { exitCode, stdout, stderr } = await node.container.exec(['monit', '-c', chosen.config, 'reload'], {
      signal,
    });
    if (exitCode !== 0)
      throw new HarnessError('boot-failed', `${node.name}: monit reload ended with ${exitCode}`, {
        evidence: (stderr || stdout).trim(),
      });
    await adopted(node, service, signal);
  },

  async finds(look) {
    const daemon = look.processes.find((process) => monit.isSupervisor(process, DEFAULTS));
    if (!daemon) return undefined;
    const config = /-I?c (\/\S+)/.exec(daemon.command)?.[1] ?? RC;
    const { stdout } = await look.container.exec(['monit', '-B', '-c', config, 'status']);
    const blocks = stdout.split(/^Process '/m).slice(1);
    const found = blocks.find((block) => isServer(look, Number(/^ {2}pid {2,}(\d+)/m.exec(block)?.[1] ?? 0)));
    const service = found?.slice(0, found.indexOf("'"));
    if (service === undefined) return undefined;
    const options = { service, ...(config === RC ? {} : { config }) };
    return { options, why: `pid ${daemon.pid} is "${daemon.command}", and it watches ${service}` };
  },

  named: (name) => ({ service: name }),

  // Not its client, which has a command after the file.
  isSupervisor: ({ command }) => /^\S*monit(?: -\S+| \/\S+| \d+)*$/.test(command.trim()),

  async status(node) {
    const { stdout, stderr } = await node.container.exec(statusCommand(node));
    return statusOf(stdout.trim() === '' ? stderr : stdout);
  },

  async restart(node) {
    const { config, service } = node.supervisorOptions as MonitOptions;
    const { exitCode, stdout, stderr } = await node.container.exec(['monit', '-c', config, 'restart', service]);
    return `monit restart ended with ${exitCode}: ${(stderr || stdout).trim().replaceAll(/\s+/g, ' ')}`;
  },

  watch(node, observe, signal) {
    let cause = '';
    let status: SupervisorStatus | undefined;
    const tell = (next: SupervisorStatus): void => {
      if (status?.word === next.word && status.trackedPid === next.trackedPid) return;
      status = next;
      observe({ kind: 'supervisor', node: node.name, ...next });
    };
    return watchLines(
      node,
      ['bash', '-c', watchScript(node)],
      (letter, text) => {
        if (letter === 'S') return tell(statusOf(text.split('\t').join('\n')));
        const line = quoted(text);
        if (NOISE.test(line) || isOfAnother(line, node)) return;
        // While it is over the limit, it says so in each cycle; that is news only when it led to a restart.
        if (MEMORY.test(line)) return void (cause = line);
        const means = monit.meaningOf(/trying to restart/.test(line) ? `${line} ${cause}` : line);
        cause = '';
        observe({ kind: 'supervisor-said', node: node.name, line, ...(means ? { means } : {}) });
      },
      observe,
      signal,
    );
  },

  meaningOf(line) {
    const over = /trying to restart.*total mem amount of ([\d.]+) (\w+) .*> ([\d.]+) (\w+)\]/.exec(line);
    if (over) return byMemory(over.slice(1));
    if (/service restarted \d+ times within/.test(line)) return { action: 'gave-up', detail: line };
    if (/failed to start/.test(line)) return { action: 'configuration', detail: line };
    if (/' start: /.test(line)) return { action: 'start', detail: line };
    if (/' stop: |failed to stop/.test(line)) return { action: 'stop', detail: line };
    if (/process is not running|is a zombie/.test(line)) return { action: 'noticed-exit', detail: line };
    return undefined;
  },
};

function statusCommand({ supervisorOptions }: Node): readonly string[] {
  const { config, service } = supervisorOptions as MonitOptions;
  return ['timeout', '3', 'monit', '-B', '-c', config, 'status', service];
}

/** Its log has the lines of all services; of itself it speaks by the name of the host: "'web-1' Monit 5.33.0 started". */
function isOfAnother(line: string, { supervisorOptions }: Node): boolean {
  const named = /^'([^']+)' (?!Monit )/.exec(line)?.[1];
  return named !== undefined && named !== (supervisorOptions as MonitOptions).service;
}

const MEMORY = /total mem amount (?:of|check succeeded)|total memory usage check skipped/;
/** Of its own client and web interface. */
const NOISE = /Unix socket .* connection error|^Monit: the monit daemon is not running|^\s*$/;

/** Its MB are 1024 * 1024 bytes. */
function byMemory([value = '', unit = '', limit = '', limitUnit = '']: readonly string[]): SupervisorAction {
  const size = (amount: string, of: string): string => `${amount} ${of.replace('B', 'iB')}`;
  const left = unit === limitUnit ? value : size(value, unit);
  return { action: 'restart-by-policy', policy: 'memory', detail: `${left} of ${size(limit, limitUnit)}` };
}

/** The first start counts too, while it is among those cycles; the process that runs then is let go, not stopped. */
function budgetOf({ restarts, cycles }: { readonly restarts: number; readonly cycles: number }, cycleMs: number) {
  return { restarts: restarts - 1, withinMs: cycles * cycleMs, thenState: 'unmonitored' };
}

/** "[2026-01-05T10:00:00+0000] info     : 'web' start: ..." -> "'web' start: ...". */
function quoted(line: string): string {
  return line.replace(/^\[\S+\] \w+ *: */, '').trim();
}

/** With the pid that the pid file names now, at a look of its new life. */
async function adopted(node: Node, service: Service, signal: AbortSignal): Promise<void> {
  await waitFor(
    async () => {
      const { state, trackedPid, raw } = await monit.status(node);
      const inFile = Number((await node.container.readFile(pidFileOf(service))).trim());
      if (state === 'running' && trackedPid === inFile) return { done: true, value: true };
      return { done: false, evidence: `${raw}; pid file: ${inFile}` };
    },
    { what: `monit on ${node.name} to adopt the running server`, deadlineMs: ADOPT_DEADLINE_MS, everyMs: 200, signal },
  );
}
