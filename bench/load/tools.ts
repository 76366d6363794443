// The generators that are measured side by side, each started in processes of its own and stopped again.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makePunctual } from '../../harness/core/priority.js';
import type { LoadEngine, LoadTarget } from '../../harness/load/engine.js';
import { engines } from '../../harness/load/index.js';
import type { LoadPlan } from '../../harness/plan/load-plan.js';
import type { LoadTotals } from '../../harness/record/events.js';
import { childrenOf } from './cpu.js';

/** `rate` requests per second; undefined: users without a pause, as fast as they can. */
export interface Level {
  readonly rate: number | undefined;
  readonly users: number;
}

export interface Running {
  /** Processes whose CPU is the generator's. */
  readonly pids: readonly number[];
  /** How late it was, 99th percentile, ms; undefined: it does not know. */
  stop(): Promise<number | undefined>;
}

export interface Tool {
  readonly name: string;
  start(target: LoadTarget, level: Level): Promise<Running>;
}

/** Users of a closed model at a rate think so long on average; their number makes the rate. */
export const THINK_MS = 50;
/**
 * Drawn anew for each pause: users whose pauses are all alike fall into step within seconds, since timers have whole
 * milliseconds and who fires together goes on together; and who is in step is woken up once for all, which is cheaper.
 */
const PAUSE_MS = { minMs: THINK_MS / 2, maxMs: THINK_MS * 1.5 };

function planOf(engine: LoadEngine, { rate, users }: Level): LoadPlan {
  const isOpen = engine.name !== 'autocannon' && rate !== undefined;
  return {
    engine: { kind: engine.name, options: engine.options.parse({}) as Readonly<Record<string, unknown>> },
    model: isOpen ? 'open' : 'closed',
    requests: [{ name: 'GET /', method: 'GET', path: '/', headers: {}, weight: 1 }],
    stages: [{ level: isOpen ? rate : users, rampMs: 500 }],
    think: rate === undefined ? { kind: 'constant', ms: 0 } : { kind: 'uniform', ...PAUSE_MS },
    sessions: false,
    arrivals: engine.arrivals?.[0] ?? 'even',
    connections: 'kept',
    timeoutMs: 5_000,
  };
}

function ofEngine(engine: LoadEngine): Tool {
  return {
    name: engine.name === 'autocannon' ? 'guarded autocannon' : engine.name,
    async start(target, level) {
      const before = new Set(childrenOf(process.pid));
      const load = await engine.start(planOf(engine, level), 1, target, () => undefined, new AbortController().signal);
      const pids = childrenOf(process.pid).filter((pid) => !before.has(pid));
      return { pids, stop: async () => latenessOf(await load.stop(500)) };
    },
  };
}

function latenessOf({ lateness }: LoadTotals): number {
  return lateness.p99Ms;
}

/** A program that runs until it is ended. */
function ofProgram(name: string, command: (target: LoadTarget, level: Level) => readonly string[]): Tool {
  return {
    name,
    async start(target, level) {
      const [program = '', ...argv] = command(target, level);
      const child = spawn(program, argv, { stdio: ['pipe', 'ignore', 'ignore'] });
      await once(child, 'spawn');
      // As our own engines are: a generator that comes before the server is woken for each answer, which costs more.
      if (child.pid !== undefined) makePunctual(child.pid);
      return {
        pids: [child.pid ?? 0],
        async stop() {
          const gone = once(child, 'exit');
          child.kill('SIGKILL');
          await gone;
          return undefined;
        },
      };
    },
  };
}

const plain = fileURLToPath(new URL('./plain-autocannon.ts', import.meta.url));

/** Like the guarded one, each user with its pause, and without the guard: autocannon at a rate sends in bursts, which are cheap. */
const PAUSING = ofProgram('pausing autocannon', ({ port }, { users }) => [
  ...[
    process.execPath,
    '--import',
    'tsx',
    plain,
    String(port),
    String(users),
    '0',
    `${PAUSE_MS.minMs}-${PAUSE_MS.maxMs}`,
  ],
]);

const PROGRAMS: readonly Tool[] = [
  ofProgram('wrk', ({ port }, { users }) => ['wrk', '-t1', `-c${users}`, '-d3600s', `http://127.0.0.1:${port}/`]),
  ofProgram('vegeta', ({ port }, { rate = 0 }) => [
    ...['sh', '-c', `echo GET http://127.0.0.1:${port}/ | exec vegeta attack -rate=${rate} -duration=1h >/dev/null`],
  ]),
];

function isOnPath(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Those that are here: plain autocannon first, which the others are compared with. */
export function toolsFor({ rate }: Pick<Level, 'rate'>, hasK6: boolean): readonly Tool[] {
  const program = rate === undefined ? 'wrk' : 'vegeta';
  const { autocannon, open, k6 } = engines;
  return [
    ofProgram('plain autocannon', ({ port }, level) => [
      ...[process.execPath, '--import', 'tsx', plain, String(port), String(level.users), String(level.rate ?? 0)],
    ]),
    ...(rate === undefined ? [] : [PAUSING]),
    ofEngine(autocannon),
    ...(rate === undefined ? [] : [ofEngine(open)]),
    ...(hasK6 ? [ofEngine(k6)] : []),
    ...PROGRAMS.filter(({ name }) => name === program && isOnPath(name)),
  ];
}
