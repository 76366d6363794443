// Does memory stay flat while nobody answers? Every engine, side by side in one run: a server answers for a while, then nobody
// listens for --minutes (10). Resident memory of the generators, growth from the beginning to the end of the outage; target for
// autocannon and open: below 20 MB. k6: REMUSTER_K6 or on the PATH; its growth is told beside theirs.
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { sleep } from '../harness/core/clock.js';
import type { LoadTarget } from '../harness/load/engine.js';
import { findK6 } from '../harness/load/k6/find.js';
import { cpuMsOf, membersOf } from './load/cpu.js';
import { toolsFor, type Running } from './load/tools.js';

const at = process.argv.indexOf('--minutes');
const outageMs = (at < 0 ? 10 : Number(process.argv[at + 1])) * 60_000;
const LEVEL = { rate: 200, users: 50 };
const GOOD_MS = 20_000;
const LOOK_EVERY_MS = 1_000;
const LOOKS = 30;
const TARGET_MB = 20;
/** Plain autocannon is left out: it connects anew without a pause and keeps every try, some 13 MB/s, until memory is full. */
const ENGINES = ['guarded autocannon', 'open', 'k6'];
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\nx-remuster-node: web-1\r\n\r\nok\n';

/** Of the processes and all below them, MB. */
function residentMb(roots: readonly number[]): number {
  const kib = membersOf(roots).map((pid) => {
    try {
      return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return (kib.reduce((sum, each) => sum + each, 0) * 1_024) / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const hasK6 = await findK6(process.env, new AbortController().signal).then(
  () => true,
  () => false,
);
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (data) => socket.write(ANSWER.repeat(data.toString().split('\r\n\r\n').length - 1)));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const sockets = new Set<{ destroy(): void }>();
server.on('connection', (socket) => sockets.add(socket));
const target: LoadTarget = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };

const running = new Map<string, Running>();
for (const tool of toolsFor(LEVEL, hasK6)) {
  if (ENGINES.includes(tool.name)) running.set(tool.name, await tool.start(target, LEVEL));
}
await sleep(GOOD_MS);
server.close();
for (const socket of sockets) socket.destroy();
const startMs = performance.now();
const seen = new Map([...running.keys()].map((name) => [name, [] as number[]]));
const cpuBefore = new Map([...running].map(([name, { pids }]) => [name, cpuMsOf(pids)]));
while (performance.now() - startMs < outageMs) {
  for (const [name, { pids }] of running) seen.get(name)?.push(residentMb(pids));
  await sleep(LOOK_EVERY_MS);
}
const tookMs = performance.now() - startMs;
process.stdout.write(`an outage of ${(tookMs / 60_000).toFixed(1)} min at ${LEVEL.rate}/s or ${LEVEL.users} users\n`);
process.stdout.write('generator           at first    at last     growth      CPU\n');
for (const [name, generator] of running) {
  const { pids } = generator;
  const looks = seen.get(name) ?? [];
  const [first, last] = [median(looks.slice(0, LOOKS)), median(looks.slice(-LOOKS))];
  const cpu = ((cpuMsOf(pids) - (cpuBefore.get(name) ?? 0)) / tookMs) * 100;
  const growth = last - first;
  const isOurs = name === 'guarded autocannon' || name === 'open';
  const verdict = isOurs ? `  (target ${TARGET_MB} MB: ${growth < TARGET_MB ? 'held' : 'MISSED'})` : '';
  const mb = (value: number): string => `${value.toFixed(1)} MB`.padStart(9);
  process.stdout.write(
    `${name.padEnd(18)} ${mb(first)}  ${mb(last)}  ${mb(growth)}  ${cpu.toFixed(1).padStart(5)} %${verdict}\n`,
  );
  await generator.stop();
}
process.exit(0);
