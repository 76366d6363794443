// What do the generators cost, and how late are they? CPU per request and lateness, side by side, interleaved in one run, the
// server on the same cores. Options: --runs N (5), --hold SECONDS (3), --rates N,N. k6: REMUSTER_K6 or on the PATH; wrk, vegeta: on the PATH.
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
import { THINK_MS, toolsFor, type Level, type Tool } from './load/tools.js';

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

const rates = text('--rates', '500,2000,5000,10000').split(',').map(Number);
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

async function measure(tool: Tool, level: Level): Promise<Measured> {
  const server = new Server();
  const target = await server.start();
  const running = await tool.start(target, level);
  const sent = (requests: number): number => (level.rate === undefined ? 0 : (requests / level.rate) * 1_000);
  await sleep(Math.max(LEAST_WARM_UP_MS, sent(WARM_UP_REQUESTS)));
  const [count, cpuMs, startMs] = [await server.answered(), cpuMsOf(running.pids), performance.now()];
  await sleep(Math.max(holdMs, sent(COUNTED_REQUESTS)));
  const answers = (await server.answered()) - count;
  const usedMs = cpuMsOf(running.pids) - cpuMs;
  const tookMs = performance.now() - startMs;
  const lateMs = await running.stop();
  await server.stop();
  return { perSecond: (answers * 1_000) / tookMs, usPerRequest: (usedMs * 1_000) / answers, lateMs };
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
    const tools = toolsFor(level, hasK6);
    const found = new Map(tools.map((tool) => [tool.name, [] as Measured[]]));
    for (let nth = 1; nth <= runs; nth += 1) {
      for (const tool of tools) {
        if (nth > RUNS_OF_OTHERS && !JUDGED.includes(tool.name)) continue;
        process.stderr.write(`${words(level)}, run ${nth} of ${runs}: ${tool.name}\n`);
        found.get(tool.name)?.push(await measure(tool, level));
      }
    }
    for (const [tool, all] of found) rows.push({ level, tool, all });
  }
  return rows;
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
const usOf = (level: Level, tool: string): number =>
  median(
    rows.find((row) => row.level === level && row.tool === tool)?.all.map(({ usPerRequest }) => usPerRequest) ?? [],
  );
process.stdout.write('level      generator           answers/s  CPU us/request  to plain  late (p99)\n');
for (const row of rows) process.stdout.write(`${line(row, usOf(row.level, 'plain autocannon'))}\n`);
const verdicts = [...new Set(rows.map(({ level }) => level))].flatMap((level) => {
  const plain = usOf(level, 'plain autocannon');
  // Of autocannon that does the same: with the users' pauses where there are any.
  const same = level.rate === undefined ? plain : usOf(level, 'pausing autocannon');
  const guard = usOf(level, 'guarded autocannon') / same;
  const said = [
    `${words(level)}: the guard costs ${guard.toFixed(2)} x (target 1.10): ${guard <= 1.1 ? 'held' : 'MISSED'}`,
  ];
  if (level.rate === undefined) return said;
  const [open, spread] = [usOf(level, 'open') / plain, usOf(level, 'open') / same];
  said.push(
    `${words(level)}: open costs ${open.toFixed(2)} x (target below 1): ${open < 1 ? 'held' : 'MISSED'}; of autocannon that spreads its requests ${spread.toFixed(2)} x`,
  );
  if (level.rate > 5_000) return said;
  const late = median(
    rows.find((row) => row.level === level && row.tool === 'open')?.all.map(({ lateMs }) => lateMs ?? Infinity) ?? [],
  );
  return [
    ...said,
    `${words(level)}: open is ${late.toFixed(1)} ms late, p99 (target 10 ms): ${late < 10 ? 'held' : 'MISSED'}`,
  ];
});
process.stdout.write(`\n${verdicts.join('\n')}\n`);
process.exit(0);
