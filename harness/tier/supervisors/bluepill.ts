// bluepill 0.1.3 (RubyGems): a polling supervisor that finds its process by a pid file. Facts are from its source and
// from notes on supervisors, A.1 and C; the wording of its log is matched as it writes it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { waitFor } from '../../core/clock.js';
import { HarnessError } from '../../core/errors.js';
import { parseDuration, parseSize } from '../../core/units.js';
import type { SupervisorAction, SupervisorState } from '../../record/events.js';
import { duration } from '../../scenario/values.js';
import { packageRoot } from '../images/package-root.js';
import type { Node, Supervisor, SupervisorStatus } from '../plugins.js';
import type { Service } from '../service.js';
import { APP, LOG, PILL, pillText } from './bluepill-pill.js';
import { isServer } from './finds.js';
import { watchLines } from './watch-lines.js';

const MIB = 1024 ** 2;
const ADOPT_DEADLINE_MS = 20_000;
/** bluepilld answers nobody while it stops and starts; beyond both graces it counts as unreachable. */
const ANSWER_SLACK_MS = 5_000;

/** Signals and the whole seconds between them, in turn: `['TERM', '5s', 'KILL']`. */
const stopSignals = z
  .array(z.string())
  .refine(
    (list) =>
      list.length % 2 === 1 &&
      list.every((text, index) =>
        index % 2 === 0 ? /^[A-Z][A-Z0-9]+$/.test(text) : (parseDuration(text) ?? 0.5) % 1_000 === 0,
      ),
    { error: "is not signals with whole seconds between them; write it like ['TERM', '5s', 'KILL']" },
  );

const NAME = z.string().regex(/^[\w.-]+$/, { error: "is not a name; write it like 'shop'" });

const options = z
  .strictObject({
    /** As the pill names application and process. */
    app: NAME.default(APP),
    process: NAME.default('web'),
    /** Its log_file. */
    log: z
      .string()
      .regex(/^\/\S+$/, { error: 'is not an absolute path' })
      .default(LOG),
    /** bluepill puts a foreground server into the background itself. Absent: unset in the pill, unless the server cannot daemonize. */
    daemonize: z.boolean().optional(),
    /** The mem_usage check, over children too; it looks every second and acts after three looks over the limit. */
    memoryLimit: z
      .string()
      .refine((text) => (parseSize(text) ?? 0) >= MIB, { error: "is not a size from 1 MiB on; write it like '213MiB'" })
      .transform((text) => Math.round((parseSize(text) ?? 0) / MIB))
      .optional(),
    memoryTimes: z.int().min(1).default(3),
    startGrace: duration.default(3_000),
    stopGrace: duration.default(3_000),
    /** Sent by a thread of bluepilld, which starts the next server meanwhile. Absent: the stop command. */
    stopSignals: stopSignals.optional(),
    monitorChildren: z.boolean().default(false),
    /** After `times` starts within `within` it waits `retryIn`; retryIn 0s: it never tries again. Absent: no such trigger. */
    flapping: z.strictObject({ times: z.int().min(1), within: duration, retryIn: duration }).optional(),
    /** False: PID 1 of the node reaps nobody. */
    init: z.boolean().default(true),
    /** Further attributes of the process, as they stand in the pill: 'daemonize = true'. */
    attributes: z
      .array(z.string().regex(/^\w+ = [^\n]+$/, { error: "is not written like 'name = value'" }))
      .default([]),
  })
  .refine(({ stopSignals: list = [], stopGrace }) => list.length < 3 || stopGrace > delaysMs(list), {
    error: 'is not longer than all delays of stopSignals: bluepill refuses it',
    path: ['stopGrace'],
  });
export type BluepillOptions = z.infer<typeof options>;

function delaysMs(list: readonly string[]): number {
  return list.reduce((sum, text, index) => sum + (index % 2 === 0 ? 0 : (parseDuration(text) ?? 0)), 0);
}

/** From `web(pid:31): up`, the answer to "status". */
export function statusOf(text: string, process = 'web'): SupervisorStatus {
  const name = process.replaceAll('.', String.raw`\.`);
  const match = new RegExp(String.raw`(?:^|\s)${name}(?:\(pid:\s*(\d*)\))?: (\w+)`, 'm').exec(text);
  const word = match?.[2] ?? 'unreachable';
  const pid = Number(match?.[1] ?? 0);
  return { state: stateOf(word), word, trackedPid: pid > 0 ? pid : null, raw: text.trim() };
}

function stateOf(word: string): SupervisorState {
  switch (word) {
    case 'up':
      return 'running';
    case 'starting':
    case 'restarting':
      return 'starting';
    case 'stopping':
      return 'stopping';
    case 'down':
      return 'stopped';
    case 'unmonitored':
      return 'unmonitored';
    default:
      return 'unreachable';
  }
}

/** It counts the first start too, and does not make the last one that it counts. */
function budgetOf({ times, within }: { readonly times: number; readonly within: number }) {
  return { restarts: Math.max(0, times - 2), withinMs: within, thenState: 'unmonitored' };
}

export const bluepill: Supervisor<BluepillOptions> = {
  name: 'bluepill',
  summary: 'bluepill 0.1.3: polls a pid file each second; can restart on memory',
  image: 'bluepill',
  volatileEnv: ['BLUEPILL_*'],
  options,
  variants: [{ flapping: { times: 5, within: '60s', retryIn: '0s' } }],
  isPid1: false,

  promise: (chosen) => ({
    // It knows only whether the pid of the pid file is alive: every end is the same to it.
    restartsAfter: ['signal', 'error', 'clean-exit'],
    followsInPlace: 'pid-file',
    // Stop and start follow each other; its lib/bluepill/process.rb, restart_process.
    overlapsAtRestart: true,
    words: {
      up: 'a process with the tracked pid is alive',
      starting: 'the start command was given; no look at the process until the start grace is over',
      restarting: 'a restart was asked for',
      stopping: 'the stop command was given',
      down: 'no process with the tracked pid; it starts it at its next look',
      unmonitored: 'it has let go: nothing will be restarted',
    },
    restartDelayMs: 1_000,
    noticeMs: 1_000,
    ...(chosen.flapping?.retryIn === 0 ? { budget: budgetOf(chosen.flapping) } : {}),
    runningWords: ['up'],
    // Measured: after a restart, by command or by policy, it does not look again for both graces, and says `restarting`,
    // or `up` with the pid of the old process; after a crash it says `starting` for the start grace.
    settlesWithinMs: chosen.stopGrace + chosen.startGrace + 3_000,
    holdsListener: false,
    respawnsItself: false,
    policies:
      chosen.memoryLimit === undefined ? [] : [{ name: 'memory', periodMs: 1_000, limit: `${chosen.memoryLimit} MiB` }],
    policyOptions: { memory: { memoryLimit: '300MiB' } },
  }),

  suggests: ({ daemonize }) => ({
    daemonize: daemonize !== true,
    ownPidFile: daemonize !== true,
    daemonizesIt: daemonize === undefined,
    ...(daemonize === true ? {} : { startThatStays: 'left-unread' }),
  }),

  recipe: (service, chosen) => ({
    // tini reaps, so that a dead server is not a zombie that looks alive to `kill 0`; bluepilld itself stays killable.
    container: { command: ['sleep', 'infinity'], env: {}, systemd: false, init: chosen.init },
    files: [{ path: PILL, content: pillText(service, chosen) }],
    start: [['bluepill', 'load', PILL]],
  }),

  async adopt(node, service, chosen, signal) {
    await run(node, ['bluepill', chosen.app, 'quit'], signal);
    await bluepilldGone(node, signal);
    await node.container.copyIn([{ path: PILL, content: pillText(service, chosen) }]);
    await run(node, ['bluepill', 'load', PILL], signal);
    await adopted(node, service, signal);
  },

  async finds(look) {
    const daemon = look.processes.find(({ command }) => command.startsWith('bluepilld'));
    const app = /^bluepilld: (\S+)/.exec(daemon?.command ?? '')?.[1];
    if (!daemon || app === undefined) return undefined;
    const { stdout } = await look.container.exec(['bluepill', app, 'status']);
    const found = [...stdout.matchAll(/([\w.-]+)\(pid:\s*(\d+)\): \w+/g)].find(([, , pid]) =>
      isServer(look, Number(pid)),
    );
    if (!found) return undefined;
    const why = `pid ${daemon.pid} is "${daemon.command}", and its status names pid ${found[2] ?? ''}`;
    return { options: { app, process: found[1] ?? '' }, why };
  },

  named: (name) => ({ process: name }),

  // Its helper that waits for a start command, and its forks for `ps`, have the same name: the topmost one is meant.
  isSupervisor: ({ command }) => command.startsWith('bluepilld'),

  async status(node) {
    const { stdout, stderr } = await node.container.exec(eyes('status', node));
    return statusOf((stdout || stderr).trim(), (node.supervisorOptions as BluepillOptions).process);
  },

  async restart(node) {
    const { app, process } = node.supervisorOptions as BluepillOptions;
    const { exitCode, stdout, stderr } = await node.container.exec(['bluepill', app, 'restart', process]);
    return `bluepill restart ended with ${exitCode}: ${(stderr || stdout).trim().replaceAll(/\s+/g, ' ')}`;
  },

  watch(node, observe, signal) {
    const { process, log, startGrace, stopGrace, memoryLimit } = node.supervisorOptions as BluepillOptions;
    let memory = '';
    let status: SupervisorStatus | undefined;
    const tell = (next: SupervisorStatus): void => {
      if (status?.word === next.word && status.trackedPid === next.trackedPid) return;
      status = next;
      observe({ kind: 'supervisor', node: node.name, ...next });
    };
    return watchLines(
      node,
      eyes('watch', node, log, String((startGrace + stopGrace + ANSWER_SLACK_MS) / 1000)),
      (letter, text) => {
        if (letter === 'S') return tell(statusOf(text, process));
        if (isOfAnother(text, process)) return;
        // Its look at memory comes every second; it is news only when the look led to a restart.
        if (text.includes('mem_usage: [')) return void (memory = text);
        // While it is blocked in a start, its log is the only news: the state machine is already one state further.
        const word = /dispatched: restart/.test(text) ? 'restarting' : /Going from \w+ => (\w+)/.exec(text)?.[1];
        const transition = word ?? (/Executing start command/.test(text) && status?.word === 'down' ? 'starting' : '');
        if (transition !== '' && status) tell({ ...status, state: stateOf(transition), word: transition, raw: text });
        const line = quoted(text);
        const means = bluepill.meaningOf(/dispatched: restart/.test(line) ? `${line} ${memory}` : line);
        observe({
          kind: 'supervisor-said',
          node: node.name,
          line,
          ...(means ? { means: withLimit(means, memoryLimit) } : {}),
        });
      },
      observe,
      signal,
    );
  },

  meaningOf(line) {
    if (/mem_usage dispatched: restart/.test(line)) {
      // Newest value last; * marks those over the limit.
      const over = [...line.matchAll(/(\d+)(MB|KB)\*/g)].at(-1);
      return {
        action: 'restart-by-policy',
        policy: 'memory',
        ...(over ? { detail: `${over[1] ?? ''} ${over[2] === 'MB' ? 'MiB' : 'KiB'}` } : {}),
      };
    }
    if (/Did you forget to tell bluepill/.test(line)) return { action: 'configuration', detail: line };
    if (/Flapping detected: retrying in 0/.test(line)) return { action: 'gave-up', detail: line };
    if (/Executing start command/.test(line)) return { action: 'start', detail: line };
    if (/Executing stop command|Executing default stop command/.test(line)) return { action: 'stop', detail: line };
    if (/Going from up => down/.test(line)) return { action: 'noticed-exit', detail: line };
    return undefined;
  },
};

/** Its log has the lines of all processes of the application: "... -- : [shop:web] text". */
function isOfAnother(line: string, process: string): boolean {
  const [, named = ''] = /^[A-Z], \[\S+ #\d+\]\s+[A-Z]+ -- : \[([\w.:-]+)\]/.exec(line) ?? [];
  return named.includes(':') && named.split(':').at(-1) !== process;
}

/** '228 MiB' -> '228 of 213 MiB'. */
function withLimit(means: SupervisorAction, limit: number | undefined): SupervisorAction {
  if (means.action !== 'restart-by-policy' || limit === undefined || means.detail === undefined) return means;
  return { ...means, detail: means.detail.replace(/^(\d+) MiB$/, `$1 of ${limit} MiB`) };
}

/** bluepill's own words: "W, [2026-...#14]  WARN -- : [shop:web] text" -> "text". */
function quoted(line: string): string {
  return line.replace(/^[A-Z], \[\S+ #\d+\]\s+[A-Z]+ -- : (?:\[[\w.:-]+\] ?)?/, '').trim();
}

/** The Ruby text goes along with the command, so that nothing has to be in the node but bluepill. */
function eyes(mode: 'status' | 'watch', node: Node, ...rest: readonly string[]): readonly string[] {
  const script = readFileSync(join(packageRoot(), 'docker', 'supervisors', 'bluepill', 'eyes.rb'), 'utf8');
  const { app } = node.supervisorOptions as BluepillOptions;
  return ['ruby', '--disable=gems', '-e', script, '--', mode, `/var/run/bluepill/socks/${app}.sock`, ...rest];
}

/** `quit` only sends a signal; the old bluepilld leaves when its second is over. */
async function bluepilldGone(node: Node, signal: AbortSignal): Promise<void> {
  await waitFor(
    async () => {
      const { stdout } = await node.container.exec(['pgrep', '-f', '^bluepilld'], { signal });
      const left = stdout.trim().split('\n').join(', ');
      return left === '' ? { done: true, value: true } : { done: false, evidence: `bluepilld ${left} is still there` };
    },
    { what: `bluepilld on ${node.name} to quit`, deadlineMs: ADOPT_DEADLINE_MS, everyMs: 100, signal },
  );
}

/** Up, and with the pid that the server's own pid file names now. */
async function adopted(node: Node, service: Service, signal: AbortSignal): Promise<void> {
  await waitFor(
    async () => {
      const { state, trackedPid, raw } = await bluepill.status(node);
      const inFile =
        service.pidFile === undefined ? trackedPid : Number((await node.container.readFile(service.pidFile)).trim());
      if (state === 'running' && trackedPid === inFile) return { done: true, value: true };
      return { done: false, evidence: `${raw}; pid file: ${inFile ?? 'none'}` };
    },
    {
      what: `bluepill on ${node.name} to adopt the running server`,
      deadlineMs: ADOPT_DEADLINE_MS,
      everyMs: 100,
      signal,
    },
  );
}

async function run(node: Node, argv: readonly string[], signal: AbortSignal): Promise<void> {
  const { exitCode, stdout, stderr } = await node.container.exec(argv, { signal });
  if (exitCode !== 0)
    throw new HarnessError('boot-failed', `${node.name}: ${argv.join(' ')} ended with ${exitCode}`, {
      evidence: (stderr || stdout).trim(),
    });
}
