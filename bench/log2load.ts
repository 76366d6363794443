// How long does a log of 1 000 000 lines take, how much memory (more than a tenth of it does?), and how near does the load come?
// The log is made with a busy day's ups and downs; arrivals are drawn as the open engine draws them. Targets: 2 %, 32 MiB.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { monotonicMs } from '../harness/core/clock.js';
import { seededRandom } from '../harness/core/random.js';
import { dueTimes } from '../harness/load/open/arrivals.js';
import type { LoadOfLog } from '../harness/log2load/load-of-log.js';

const LINES = 1_000_000;
const FEWER_LINES = LINES / 10;
/** Ten times the lines take at most so much more memory: what a collector leaves lying, not the lines. */
const GROWTH_MIB = 32;
const BUCKET_MS = 10_000;
const BUCKETS = 360;
const START_MS = Date.UTC(2026, 10, 23, 12);

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'remuster-log2load-'));
try {
  const fewer = join(folder, 'fewer.log');
  await writeLog(fewer, FEWER_LINES);
  const { peakMiB: fewerMiB } = await converted(fewer);
  const log = join(folder, 'access.log');
  const counts = await writeLog(log, LINES);
  const startMs = monotonicMs();
  const { yaml, peakMiB } = await converted(log);
  const tookMs = monotonicMs() - startMs;
  const { load } = parse(yaml) as { readonly load: LoadOfLog };
  const worst = worstError(load, counts);
  process.stdout.write(
    [
      `lines        ${LINES} in ${counts.length} buckets of ${BUCKET_MS / 1_000} s, ${Math.min(...counts)} to ${Math.max(...counts)} each`,
      `time         ${(tookMs / 1_000).toFixed(1)} s, ${((tookMs * 1_000) / LINES).toFixed(1)} us a line (the start of the program included)`,
      `peak memory  ${peakMiB.toFixed(0)} MiB resident, ${fewerMiB.toFixed(0)} MiB for ${FEWER_LINES} lines (target: ${GROWTH_MIB} MiB more at most): ${said(peakMiB - fewerMiB <= GROWTH_MIB)}`,
      `kinds        ${load.requests.length}`,
      `worst bucket ${(worst * 100).toFixed(3)} % off (target 2 %): ${said(worst <= 0.02)}`,
      '',
    ].join('\n'),
  );
} finally {
  rmSync(folder, { recursive: true });
}

function said(isHeld: boolean): string {
  return isHeld ? 'held' : 'MISSED';
}

/** Requests per bucket as they were written; some buckets are empty, and a line in a thousand comes late. */
async function writeLog(path: string, lines: number): Promise<readonly number[]> {
  const random = seededRandom(1);
  const weights = Array.from({ length: BUCKETS }, (_, index) =>
    index % 90 === 40 ? 0 : 1 + 0.8 * Math.sin(index / 20) + random.next() * 0.4,
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const counts = weights.map((weight) => Math.round((weight / sum) * lines));
  counts[0]! += lines - counts.reduce((total, count) => total + count, 0);
  const out = createWriteStream(path);
  const late: string[] = [];
  for (const [bucket, count] of counts.entries()) {
    for (let nth = 0; nth < count; nth += 1) {
      const atMs = START_MS + bucket * BUCKET_MS + (nth / count) * BUCKET_MS;
      const line = lineOf(atMs, random.next(), random.next());
      if (nth > 0 && random.next() < 0.001) late.push(line);
      else if (!out.write(line)) await once(out, 'drain');
    }
    if (late.length > 100) out.write(late.splice(0).join(''));
  }
  out.end(late.join(''));
  await once(out, 'close');
  return counts;
}

function lineOf(atMs: number, which: number, id: number): string {
  const [, month, day, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(atMs).toUTCString()) ?? [];
  const number = Math.floor(id * 1e9);
  const path =
    which < 0.5 ? `/items/${number}` : which < 0.8 ? `/search?q=${number.toString(36)}` : which < 0.95 ? '/' : '/cart';
  return `10.0.${number % 200}.7 - - [${month}/${day}/${year}:${time} +0000] "GET ${path} HTTP/1.1" 200 5120 "-" "Mozilla/5.0 (X11; Linux x86_64)"\n`;
}

async function converted(log: string): Promise<{ readonly yaml: string; readonly peakMiB: number }> {
  const code = `const { runProcess } = await import(${JSON.stringify(join(root, 'harness', 'cli.ts'))});
process.argv = [process.argv[0], 'remuster', 'log2load', ${JSON.stringify(log)}];
await runProcess();
process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n');`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { cwd: root });
  let yaml = '';
  let words = '';
  child.stdout.on('data', (chunk: Buffer) => (yaml += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number];
  const peakKib = /^peak (\d+)$/m.exec(words)?.[1];
  if (exitCode !== 0 || peakKib === undefined) throw new Error(`log2load ended with ${exitCode}: ${words}`);
  return { yaml, peakMiB: Number(peakKib) / 1024 };
}

function worstError(load: LoadOfLog, counts: readonly number[]): number {
  const [{ rates }] = load.stages;
  const stages = rates.map((level) => ({ level, rampMs: 0, forMs: BUCKET_MS }));
  const planned = counts.map(() => 0);
  for (const dueMs of dueTimes([...stages, { level: 1, rampMs: 0 }], load.arrivals, seededRandom(1))) {
    const bucket = Math.floor(dueMs / BUCKET_MS);
    if (bucket >= planned.length) break;
    planned[bucket]! += 1;
  }
  return Math.max(...counts.map((count, index) => Math.abs((planned[index] ?? 0) - count) / Math.max(1, count)));
}
