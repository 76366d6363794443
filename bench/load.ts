// What do the generators cost, and how late are they? CPU per request and lateness, interleaved in one run, the server on the
// same cores. Those that are held against each other run at the same time, each with a server of its own: on a virtual machine the
// price of waking up changes by the minute and threefold, and only what is measured in the same seconds can be compared.
// Options: --runs N (5), --hold SECONDS (3), --rates N,N ('': only users without a pause). k6: REMUSTER_K6 or on the PATH; wrk,
// vegeta: on the PATH.
// Targets: the guard costs at most 10 % over plain autocannon, at rates over one whose users pause as the guarded ones do; open
// less than plain autocannon at equal rate, and at most 10 ms late (p99) up to 5 000/s. docs/decisions/0010 says what the pattern
// of arrivals does to these figures: plain autocannon sends a second's requests in a burst, the pausing one spreads them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sleep } from '../harness/core/clock.js';
import type { LoadTarget } from '../harness/load/engine.js';
import { findK6 } from '../harness/load/k6/find.js';
import { cpuMsOf } from './load/cpu.js';
import { THINK_MS, toolsFor, type Level, type Running, type Tool } from './load/tools.js';

/**
 * A process that has sent a few thousand requests is still being compiled by V8's own threads, which costs a quarter of what the
 * requests do (measured at 500/s: for 12 to 16 s). Without a rate it takes the least time.
 */
const WARM_UP_REQUESTS = 8_000;
const LEAST_WARM_UP_MS = 3_000;
/** So many are counted at least, else it is the machine's noise that is measured. */
const COUNTED_REQUESTS = 2_000;
const CLOSED_USERS = 50;
/** Those that the targets are about; of the others fewer runs will do, the whole run is to stay below 20 minutes. */
const JUDGED = ['plain autocannon', 'pausing autocannon', 'guarded autocannon', 'open'];
const RUNS_OF_OTHERS = 2;
const PAIRS = [
  ['pausing autocannon', 'guarded autocannon'],
  ['plain autocannon', 'open'],
];

const rates = text('--rates', '500,2000,5000,10000').split(',').filter(Boolean).map(Number);
const runs = option('--runs', 5);
const holdMs = option('--hold', 3) * 1_000;

function text(name: string, otherwise: string): string {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
}

function option(name: string, otherwise: number): number {
  return Number(text(name, String(otherwise)));
}

interface Measured {
  readonly perSecond: number;
  readonly usPerRequest: number;
  readonly lateMs: number | undefined;
}

interface Count {
  readonly answers: number;
  readonly cpuMs: number;
  readonly atMs: number;
}

const file = fileURLToPath(new URL('./load/server.ts', import.meta.url));

class Server {
  readonly #child = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #lines = createInterface({ input: this.#child.stdout });

  async start(): Promise<LoadTarget> {
    return { host: '127.0.0.1', port: (await this.#next()).port ?? 0 };
  }

  async #next(): Promise<{ readonly port?: number; readonly answered?: number }> {
    const [line] = (await once(this.#lines, 'line')) as [string];
    return JSON.parse(line) as { readonly port?: number; readonly answered?: number };
  }

  async answered(): Promise<number> {
    const next = this.#next();
    this.#child.stdin.write('"count"\n');
    return (await next).answered ?? 0;
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.stdin.end();
    await gone;
  }
}

/** At the same time, each on a server of its own. */
async function measure(tools: readonly Tool[], level: Level): Promise<readonly Measured[]> {
  const parts: { readonly server: Server; readonly running: Running }[] = [];
  for (const tool of tools) {
    const server = new Server();
    parts.push({ server, running: await tool.start(await server.start(), level) });
  }
  const counts = (): Promise<readonly Count[]> =>
    Promise.all(
      parts.map(async ({ server, running }) => ({
        answers: await server.answered(),
        cpuMs: cpuMsOf(running.pids),
        atMs: performance.now(),
      })),
    );
  const sent = (requests: number): number => (level.rate === undefined ? 0 : (requests / level.rate) * 1_000);
  await sleep(Math.max(LEAST_WARM_UP_MS, sent(WARM_UP_REQUESTS)));
  const before = await counts();
  await sleep(Math.max(holdMs, sent(COUNTED_REQUESTS)));
  const after = await counts();
  const lateMs = await Promise.all(parts.map(({ running }) => running.stop()));
  await Promise.all(parts.map(({ server }) => server.stop()));
  return parts.map((_, index) => {
    const [from, to] = [before[index]!, after[index]!];
    const answers = to.answers - from.answers;
    return {
      perSecond: (answers * 1_000) / (to.atMs - from.atMs),
      usPerRequest: ((to.cpuMs - from.cpuMs) * 1_000) / answers,
      lateMs: lateMs[index],
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

interface Row {
  readonly level: Level;
  readonly tool: string;
  readonly all: readonly Measured[];
}

async function measureAll(hasK6: boolean): Promise<readonly Row[]> {
  const levels: readonly Level[] = [
    ...rates.map((rate) => ({ rate, users: Math.ceil((rate * THINK_MS) / 1_000) })),
    { rate: undefined, users: CLOSED_USERS },
  ];
  const rows: Row[] = [];
  for (const level of levels) {
    const groups = togetherOf(toolsFor(level, hasK6), level);
    const found = new Map<string, Measured[]>();
    for (let nth = 1; nth <= runs; nth += 1) {
      for (const group of groups) {
        if (nth > RUNS_OF_OTHERS && !group.some(({ name }) => JUDGED.includes(name))) continue;
        for (const [index, measured] of (await measure(group, level)).entries()) {
          const { name } = group[index]!;
          found.set(name, [...(found.get(name) ?? []), measured]);
          const us = measured.usPerRequest.toFixed(1);
          process.stderr.write(`${words(level)}, run ${nth} of ${runs}: ${name} ${us} us\n`);
        }
      }
    }
    for (const [tool, all] of found) rows.push({ level, tool, all });
  }
  return rows;
}

/** Each with what it is held against; the others alone, and all where there is no rate: each of them then takes a whole core. */
function togetherOf(tools: readonly Tool[], { rate }: Level): readonly (readonly Tool[])[] {
  const pairs = rate === undefined ? [] : PAIRS;
  const paired = pairs.map((names) => tools.filter(({ name }) => names.includes(name)));
  return [...paired, ...tools.filter((tool) => !paired.flat().includes(tool)).map((tool) => [tool])];
}

function words({ rate, users }: Level): string {
  return rate === undefined ? `${users} users` : `${rate}/s`;
}

function line({ level, tool, all }: Row, plain: number): string {
  const us = median(all.map(({ usPerRequest }) => usPerRequest));
  const late = all.flatMap(({ lateMs }) => lateMs ?? []);
  const cells = [
    words(level).padEnd(9),
    tool.padEnd(19),
    median(all.map(({ perSecond }) => perSecond))
      .toFixed(0)
      .padStart(7),
    us.toFixed(1).padStart(7),
    `${(us / plain).toFixed(2)} x`.padStart(8),
    (late.length === 0 ? '-' : `${median(late).toFixed(1)} ms`).padStart(9),
  ];
  return cells.join('  ');
}

const hasK6 = await findK6(process.env, new AbortController().signal).then(
  () => true,
  () => false,
);
const rows = await measureAll(hasK6);
const allOf = (level: Level, tool: string): readonly Measured[] =>
  rows.find((row) => row.level === level && row.tool === tool)?.all ?? [];
const usOf = (level: Level, tool: string): number => median(allOf(level, tool).map(({ usPerRequest }) => usPerRequest));
/** Of each pair of runs that were measured at the same time, and of these the median. */
const ratioOf = (level: Level, tool: string, to: string): number => {
  const others = allOf(level, to);
  return median(
    allOf(level, tool).map(({ usPerRequest }, nth) => usPerRequest / (others[nth]?.usPerRequest ?? Number.NaN)),
  );
};
process.stdout.write('level      generator           answers/s  CPU us/request  to plain  late (p99)\n');
for (const row of rows) process.stdout.write(`${line(row, usOf(row.level, 'plain autocannon'))}\n`);
const verdicts = [...new Set(rows.map(({ level }) => level))].flatMap((level) => {
  // Of autocannon that does the same: with the users' pauses where there are any.
  const same = level.rate === undefined ? 'plain autocannon' : 'pausing autocannon';
  const guard = ratioOf(level, 'guarded autocannon', same);
  const said = [
    `${words(level)}: the guard costs ${guard.toFixed(2)} x (target 1.10): ${guard <= 1.1 ? 'held' : 'MISSED'}`,
  ];
  if (level.rate === undefined) return said;
  const open = ratioOf(level, 'open', 'plain autocannon');
  const spread = usOf(level, 'open') / usOf(level, same);
  said.push(
    `${words(level)}: open costs ${open.toFixed(2)} x (target below 1): ${open < 1 ? 'held' : 'MISSED'}; of autocannon that spreads its requests about ${spread.toFixed(2)} x`,
  );
  if (level.rate > 5_000) return said;
  const late = median(allOf(level, 'open').map(({ lateMs }) => lateMs ?? Infinity));
  return [
    ...said,
    `${words(level)}: open is ${late.toFixed(1)} ms late, p99 (target 10 ms): ${late < 10 ? 'held' : 'MISSED'}`,
  ];
});
process.stdout.write(`\n${verdicts.join('\n')}\n`);
process.exit(0);
