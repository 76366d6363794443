// systemd as PID 1 of the node, with a unit for the service. Its promises are from systemd.service(5) and
// systemd.unit(5) of version 252.
import { z } from 'zod';
import { HarnessError } from '../../core/errors.js';
import { formatMs } from '../../core/units.js';
import { duration, positiveDuration } from '../../scenario/values.js';
import { PROPERTIES, statusOf } from './systemd-status.js';
import { lastWordsOf } from './systemd-last-words.js';
import { ASKS_SOCKETS, unitBehindPort } from './systemd-sockets.js';
import { absentUnit } from './systemd-units.js';
import type { RestartBudget, ServiceEnd } from '../../plan/promise.js';
import type { Node, Supervisor } from '../plugins.js';
import type { Service } from '../service.js';
import { watchLines } from './watch-lines.js';

const UNITS = '/etc/systemd/system';

const options = z
  .strictObject({
    /** The unit that runs the server; without an ending it is a service. */
    unit: z
      .string()
      .regex(/^[\w@.:\\-]+$/, { error: "is not the name of a unit; write it like 'shop.service'" })
      .transform((name) => (/\.(?:service|scope)$/.test(name) ? name : `${name}.service`))
      .default('web.service'),
    /** A unit of that name with the ending .socket starts it: systemd holds the listener too. For nodes of one's own. */
    socket: z.boolean().optional(),
    type: z.enum(['simple', 'forking', 'notify']).default('simple'),
    restart: z.enum(['no', 'always', 'on-failure', 'on-abnormal', 'on-abort', 'on-success']).default('always'),
    restartDelay: duration.default(100),
    /** So many starts within the interval, then it gives up; systemd.unit(5), defaults 5 in 10 s. 0: never. */
    startLimitBurst: z.int().min(0).default(5),
    startLimitInterval: duration.default(10_000),
    killMode: z.enum(['control-group', 'mixed', 'process', 'none']).default('control-group'),
    stopTimeout: duration.default(20_000),
    memoryMax: z.string().optional(),
    /** WatchdogSec=: the server has to say that it lives, within each such time; puma does, as type notify. */
    watchdog: positiveDuration.optional(),
  })
  .refine(({ type, watchdog }) => watchdog === undefined || type === 'notify', {
    path: ['watchdog'],
    error: "needs a server that tells systemd that it lives: type: 'notify'",
  });
type Options = z.infer<typeof options>;

/** The table of Restart= in systemd.service(5); SIGHUP, SIGINT, SIGTERM and SIGPIPE count as a clean end there. */
const RESTARTS_AFTER: Readonly<Record<Options['restart'], readonly ServiceEnd[]>> = {
  no: [],
  always: ['signal', 'error', 'clean-exit'],
  'on-failure': ['signal', 'error'],
  'on-abnormal': ['signal'],
  'on-abort': ['signal'],
  'on-success': ['clean-exit'],
};

/**
 * systemd.unit(5) counts starts, the first one too. The interval begins with a start and, once it is over, with the next:
 * ratelimit_below() in src/basic/ratelimit.c of 252. So twice as many restarts may fit into any stretch of that length.
 */
function budgetOf({ startLimitBurst, startLimitInterval }: Options): RestartBudget {
  return {
    restarts: startLimitBurst - 1,
    withinMs: startLimitInterval,
    thenState: 'failed',
    countsFrom: 'first',
  };
}

/** systemd.service(5): quoting, and % and $ are special. */
function quote(text: string): string {
  const escaped = text.replaceAll('%', '%%').replaceAll('$', '$$$$').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return /[\s"'\\;]/.test(text) || text === '' ? `"${escaped}"` : escaped;
}

/** In Environment= a dollar sign is an ordinary character; systemd.exec(5). */
function quoteAssignment(name: string, value: string): string {
  return `"${`${name}=${value}`.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

export function unitText(service: Service, chosen: Options): string {
  return [
    '[Unit]',
    `Description=${service.name}`,
    `StartLimitIntervalSec=${chosen.startLimitBurst === 0 ? 0 : chosen.startLimitInterval / 1000}`,
    ...(chosen.startLimitBurst === 0 ? [] : [`StartLimitBurst=${chosen.startLimitBurst}`]),
    '',
    '[Service]',
    `Type=${chosen.type}`,
    `User=${service.user}`,
    `WorkingDirectory=${service.cwd}`,
    ...Object.entries(service.env).map(([name, value]) => `Environment=${quoteAssignment(name, value)}`),
    `ExecStart=${service.argv.map(quote).join(' ')}`,
    ...(chosen.type === 'forking' && service.pidFile !== undefined ? [`PIDFile=${service.pidFile}`] : []),
    `Restart=${chosen.restart}`,
    `RestartSec=${chosen.restartDelay}ms`,
    `KillSignal=SIG${service.stop.signal}`,
    `KillMode=${chosen.killMode}`,
    `TimeoutStopSec=${chosen.stopTimeout}ms`,
    ...(service.openFiles === undefined ? [] : [`LimitNOFILE=${service.openFiles}`]),
    ...(chosen.memoryMax === undefined ? [] : [`MemoryMax=${chosen.memoryMax}`]),
    ...(chosen.watchdog === undefined ? [] : [`WatchdogSec=${chosen.watchdog}ms`]),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

/**
 * One long-lived shell in the node: prints what PID 1 writes of the unit to its journal (L), and asks systemd for the
 * state (S) after each such line, when the main process is gone from /proc, and once a second (five times while it is
 * between states). Only the asking forks. A read that times out in the middle of a line gives its beginning: bash(1).
 * `--since now`, because with `-n 0` the first entries after the start were missed (252, measured).
 * It ends when its standard input closes (then `read -t 0` says ready), and when the journal's follower ends.
 */
const watchScript = (unit: string): string => `
exec 4< <(exec journalctl -f --no-tail --since now -o cat _PID=1 UNIT=${unit} 2>/dev/null </dev/null)
follower=$!
line= last= main=0 looks=0 due=1
until read -r -t 0; do
  wait=0.1 news=
  while IFS= read -r -t $wait -u 4 part; over=$?; line=$line$part; [ $over = 0 ]; do
    echo "L $line"
    line= wait=0.02 news=1
  done
  [ $over -gt 128 ] || break
  looks=$((looks + 1))
  [ -n "$news" ] || [ $looks -ge $due ] || { [ $main != 0 ] && [ ! -d /proc/$main ]; } || continue
  looks=0 due=10
  now=$(systemctl show ${unit} -p ${PROPERTIES} 2>&1)
  main=\${now##*MainPID=} main=\${main%%[!0-9]*} main=\${main:-0}
  case $now in *=activating* | *=deactivating*) due=2 ;; esac
  [ "$now" = "$last" ] || echo "S \${now//$'\\n'/$'\\t'}"
  last=$now
done
kill $follower 2>/dev/null
`;

export const systemd: Supervisor<Options> = {
  name: 'systemd',
  summary: 'systemd 252 as PID 1; tracks the main process of a unit',
  image: 'systemd',
  volatileEnv: [
    'INVOCATION_ID',
    'JOURNAL_STREAM',
    'SYSTEMD_EXEC_PID',
    'LISTEN_*',
    'NOTIFY_SOCKET',
    'MEMORY_PRESSURE_*',
    'MANAGERPID',
    'WATCHDOG_*',
  ],
  options,
  // A server that takes two seconds to come up is never hit six times in its 10 s.
  crashLoopOptions: { startLimitInterval: '60s' },
  variants: [{ restart: 'on-failure' }, { restart: 'no' }, { startLimitBurst: 3 }],
  isPid1: true,

  promise: (chosen) => ({
    restartsAfter: RESTARTS_AFTER[chosen.restart],
    followsInPlace: chosen.type === 'forking' ? 'pid-file' : 'same-pid',
    words: {
      'active (running)': 'the main process runs',
      'activating (auto-restart)': 'it waits for the restart delay before the next start',
      'activating (start)': 'a start is under way',
      'deactivating (stop-sigterm)': 'it waits for what is left of the service to end',
      'failed (failed)': 'it has given up, or the service ended with an error and no restart was wanted',
      'inactive (dead)': 'stopped, or ended well and no restart was wanted',
    },
    restartDelayMs: chosen.restartDelay,
    noticeMs: 100,
    ...(chosen.startLimitBurst === 0 ? {} : { budget: budgetOf(chosen) }),
    stopTimeoutMs: chosen.stopTimeout,
    runningWords: ['active (running)'],
    settlesWithinMs: 1_000,
    holdsListener: chosen.socket === true,
    respawnsItself: false,
    policies:
      chosen.watchdog === undefined
        ? []
        : [{ name: 'watchdog', periodMs: chosen.watchdog, limit: formatMs(chosen.watchdog) }],
    policyOptions: { watchdog: { type: 'notify', watchdog: '5s' } },
  }),

  suggests: ({ type }) => ({
    daemonize: type === 'forking',
    ownPidFile: type === 'forking',
    // After TimeoutStartSec; systemd.service(5).
    ...(type === 'forking' ? { startThatStays: 'killed' } : {}),
  }),

  recipe: (service, chosen) => ({
    container: { command: ['/lib/systemd/systemd'], env: { container: 'docker' }, systemd: true, init: false },
    files: [
      { path: `${UNITS}/${chosen.unit}`, content: unitText(service, chosen) },
      { path: `${UNITS}/multi-user.target.wants/${chosen.unit}`, linkTo: `${UNITS}/${chosen.unit}` },
    ],
    start: [],
  }),

  async adopt(node, service, chosen, signal) {
    await node.container.copyIn([{ path: `${UNITS}/${chosen.unit}`, content: unitText(service, chosen) }]);
    await run(node, ['systemctl', 'daemon-reload'], signal);
  },

  own: () => ({ systemd: true }),

  async finds({ container, port, server, processes }) {
    const first = processes.find(({ pid }) => pid === 1);
    const { stdout } = await container.exec(['cat', '/proc/1/comm', `/proc/${server.pid}/cgroup`]);
    const [comm = '', ...cgroups] = stdout.split('\n');
    const unit = cgroups.map((line) => /\/([^/]+\.(?:service|scope))(?:\/|$)/.exec(line)?.[1]).find(Boolean);
    if (comm !== 'systemd' || unit === undefined) return undefined;
    if (server.pid === 1) {
      const behind = unitBehindPort((await container.exec(ASKS_SOCKETS)).stdout, port);
      if (!behind) return undefined;
      const why = `PID 1 is systemd ("${first?.command ?? ''}"), and its ${behind.socket} starts ${behind.unit}`;
      return { options: { unit: behind.unit, socket: true }, why };
    }
    return {
      options: { unit },
      why: `PID 1 is systemd ("${first?.command ?? ''}"), and pid ${server.pid} is in ${unit}`,
    };
  },

  named: (name) => ({ unit: `${name}.service` }),

  isSupervisor: ({ pid }) => pid === 1,

  async status(node) {
    const { stdout, stderr, exitCode } = await node.container.exec([
      'systemctl',
      'show',
      unitOf(node),
      '-p',
      PROPERTIES,
    ]);
    return exitCode === 0
      ? statusOf(stdout)
      : { state: 'unreachable', word: 'no answer', trackedPid: null, raw: (stderr || stdout).trim() };
  },

  absent: (node) => absentUnit(node.container, unitOf(node)),

  lastWords: (node) => lastWordsOf(node.container, unitOf(node)),

  async restart(node) {
    const { exitCode, stdout, stderr } = await node.container.exec(['systemctl', 'restart', unitOf(node)]);
    return `systemctl restart ended with ${exitCode}${(stderr || stdout).trim() === '' ? '' : `: ${(stderr || stdout).trim()}`}`;
  },

  watch: (node, observe, signal) =>
    watchLines(
      node,
      ['bash', '-c', watchScript(unitOf(node))],
      (letter, text) => {
        if (letter === 'S') observe({ kind: 'supervisor', node: node.name, ...statusOf(text.split('\t').join('\n')) });
        // Of cgroup v1 below a container, at each start; it says nothing of the service.
        else if (!text.includes('Failed to get cgroup ID of cgroup')) {
          const means = systemd.meaningOf(text);
          observe({ kind: 'supervisor-said', node: node.name, line: text, ...(means ? { means } : {}) });
        }
      },
      observe,
      signal,
    ),

  meaningOf(line) {
    if (/Watchdog timeout/.test(line)) return { action: 'restart-by-policy', policy: 'watchdog', detail: line };
    if (/Start request repeated too quickly|start-limit-hit/.test(line)) return { action: 'gave-up', detail: line };
    if (/Main process exited|Failed with result/.test(line)) return { action: 'noticed-exit', detail: line };
    if (/Scheduled restart job|^Started /.test(line)) return { action: 'start', detail: line };
    if (/^Stopping |^Stopped /.test(line)) return { action: 'stop', detail: line };
    return undefined;
  },
};

function unitOf({ supervisorOptions }: Node): string {
  return (supervisorOptions as Options).unit;
}

async function run(node: Node, argv: readonly string[], signal: AbortSignal): Promise<void> {
  const { exitCode, stdout, stderr } = await node.container.exec(argv, { signal });
  if (exitCode !== 0)
    throw new HarnessError('boot-failed', `${node.name}: ${argv.join(' ')} ended with ${exitCode}`, {
      evidence: (stderr || stdout).trim(),
    });
}
