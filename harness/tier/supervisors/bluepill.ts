// bluepill 0.1.3 (RubyGems): a polling supervisor that finds its process by a pid file. Facts are from its source and
// from notes on supervisors, A.1 and C; the wording of its log is matched as it writes it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { waitFor } from '../../core/clock.js';
import { HarnessError } from '../../core/errors.js';
import { parseSize } from '../../core/units.js';
import type { SupervisorState } from '../../record/events.js';
import { duration } from '../../scenario/values.js';
import { packageRoot } from '../images/package-root.js';
import type { Node, Supervisor, SupervisorStatus } from '../plugins.js';
import { APP, LOG, PILL, pillText } from './bluepill-pill.js';
import { watchLines } from './watch-lines.js';

const MIB = 1024 ** 2;
const SOCKET = `/var/run/bluepill/socks/${APP}.sock`;
const ADOPT_DEADLINE_MS = 20_000;
const WATCH_IN_NODE = '/opt/remuster/bluepill-watch.rb';

const options = z.strictObject({
  /** bluepill puts a foreground server into the background itself. Absent: unset in the pill, unless the server cannot daemonize. */
  daemonize: z.boolean().optional(),
  /** The mem_usage check, over children too; it looks every second and acts after three looks over the limit. */
  memoryLimit: z
    .string()
    .refine((text) => parseSize(text) !== undefined, { error: "is not a size; write it like '213MiB'" })
    .transform((text) => Math.round((parseSize(text) ?? 0) / MIB))
    .optional(),
  memoryTimes: z.int().min(1).default(3),
  startGrace: duration.default(5_000),
  stopGrace: duration.default(5_000),
  monitorChildren: z.boolean().default(false),
  /** After `times` starts within `within` it waits `retryIn`; retryIn 0s: it never tries again. Absent: no such trigger. */
  flapping: z.strictObject({ times: z.int().min(1), within: duration, retryIn: duration }).optional(),
});
export type BluepillOptions = z.infer<typeof options>;

/** From `web(pid:31): up`, the answer to "status". */
export function statusOf(text: string): SupervisorStatus {
  const match = /^\s*web(?:\(pid:\s*(\d*)\))?: (\w+)/m.exec(text);
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

export const bluepill: Supervisor<BluepillOptions> = {
  name: 'bluepill',
  summary: 'bluepill 0.1.3: polls a pid file each second; can restart on memory',
  options,
  isPid1: false,

  promise: (chosen) => ({
    restartDelayMs: 1_000,
    noticeMs: 1_000,
    ...(chosen.flapping?.retryIn === 0
      ? { budget: { restarts: chosen.flapping.times, withinMs: chosen.flapping.within, thenState: 'unmonitored' } }
      : {}),
    runningWords: ['up'],
    // It says `starting` for the whole start grace after the server already answers.
    settlesWithinMs: chosen.startGrace + 2_000,
    holdsListener: false,
    respawnsItself: false,
    policies:
      chosen.memoryLimit === undefined ? [] : [{ name: 'memory', periodMs: 1_000, limit: `${chosen.memoryLimit} MiB` }],
  }),

  suggests: ({ daemonize }) => ({ daemonize: daemonize !== true, ownPidFile: daemonize !== true }),

  recipe: (service, chosen) => ({
    // tini reaps, so that a dead server is not a zombie that looks alive to `kill 0`; bluepilld itself stays killable.
    container: { command: ['sleep', 'infinity'], env: {}, systemd: false, init: true },
    files: [
      { path: PILL, content: pillText(service, chosen) },
      {
        path: WATCH_IN_NODE,
        content: readFileSync(join(packageRoot(), 'harness', 'tier', 'supervisors', 'bluepill-watch.rb'), 'utf8'),
      },
    ],
    start: [['bluepill', 'load', PILL]],
  }),

  async adopt(node, service, chosen, signal) {
    const before = await bluepill.status(node);
    await run(node, ['bluepill', APP, 'quit'], signal);
    await node.container.copyIn([{ path: PILL, content: pillText(service, chosen) }]);
    await run(node, ['bluepill', 'load', PILL], signal);
    await waitFor(
      async () => {
        const status = await bluepill.status(node);
        if (status.state === 'running') return { done: true, value: status };
        return { done: false, evidence: `${status.raw} (before: ${before.raw})` };
      },
      {
        what: `bluepill on ${node.name} to adopt the running server`,
        deadlineMs: ADOPT_DEADLINE_MS,
        everyMs: 200,
        signal,
      },
    );
  },

  isSupervisor: ({ command }) => command.startsWith('bluepilld'),

  async status(node) {
    const { stdout, stderr, exitCode } = await node.container.exec(['bluepill', APP, 'status']);
    return exitCode === 0
      ? statusOf(stdout)
      : { state: 'unreachable', word: 'unreachable', trackedPid: null, raw: (stderr || stdout).trim() };
  },

  async restart(node) {
    const { exitCode, stdout, stderr } = await node.container.exec(['bluepill', APP, 'restart']);
    return `bluepill restart ended with ${exitCode}: ${(stderr || stdout).trim()}`;
  },

  watch(node, observe, signal) {
    let said = '';
    let status: SupervisorStatus | undefined;
    const tell = (next: SupervisorStatus): void => {
      status = next;
      observe({ kind: 'supervisor', node: node.name, ...next });
    };
    return watchLines(
      node,
      ['ruby', WATCH_IN_NODE, SOCKET, LOG],
      (letter, text) => {
        if (letter === 'S') return tell(statusOf(text));
        // Its look at memory comes every second; it is news only when the look led to a restart.
        if (/mem_usage: \[/.test(text)) return void (said = text);
        // While bluepilld is blocked its log is the only news: "Going from up => restarting".
        const going = /Going from \w+ => (\w+)/.exec(text);
        if (going?.[1] !== undefined && status)
          tell({ ...status, state: stateOf(going[1]), word: going[1], raw: text });
        const means = bluepill.meaningOf(/dispatched: restart/.test(text) ? `${text} ${said}` : text);
        observe({
          kind: 'supervisor-said',
          node: node.name,
          line: quoted(text),
          ...(means ? { means: withLimit(means, node) } : {}),
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
    if (/Flapping detected/.test(line)) return { action: 'gave-up', detail: line };
    if (/Executing start command/.test(line)) return { action: 'start', detail: line };
    if (/Executing stop command|Executing default stop command/.test(line)) return { action: 'stop', detail: line };
    if (/Going from up => down/.test(line)) return { action: 'noticed-exit', detail: line };
    return undefined;
  },
};

/** '228 MiB' -> '228 of 213 MiB', with the node's own limit. */
function withLimit(means: NonNullable<ReturnType<Supervisor['meaningOf']>>, node: Node) {
  const limit = (node.supervisorOptions as BluepillOptions).memoryLimit;
  if (means.action !== 'restart-by-policy' || limit === undefined || means.detail === undefined) return means;
  return { ...means, detail: means.detail.replace(/^(\d+) MiB$/, `$1 of ${limit} MiB`) };
}

/** bluepill's own words, without time stamp and prefixes: "W, [2026-...] WARN -- : [shop:web] text" -> "text". */
function quoted(line: string): string {
  return line.replace(/^.*?\[\S*:?web\]\s*/, '').trim() || line;
}

async function run(node: Node, argv: readonly string[], signal: AbortSignal): Promise<void> {
  const { exitCode, stdout, stderr } = await node.container.exec(argv, { signal });
  if (exitCode !== 0)
    throw new HarnessError('boot-failed', `${node.name}: ${argv.join(' ')} ended with ${exitCode}`, {
      evidence: (stderr || stdout).trim(),
    });
}
