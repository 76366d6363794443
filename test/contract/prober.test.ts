// What the prober promises, on a real server that is killed, started again and frozen: each change is told with its
// streak, in the order in which the probes were sent; and its process never outlives the program.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { monotonicMs, waitFor } from '../../harness/core/clock.js';
import { PROBE_DEADLINE_MS, type ProbeTarget } from '../../harness/observe/probes/probe.js';
import { startProber, type Prober } from '../../harness/observe/probes/prober.js';
import type { ObservedEvent } from '../../harness/record/events.js';

const CONSECUTIVE = 3;
const WAIT_MS = 20_000;
const HOST = '127.0.0.1';

type Observed<K> = Extract<ObservedEvent, { kind: K }>;
type ProbeSeen = Observed<'probe'>;

/** Two workers answer in turn for the master that is named first. The port lies below those that clients get from the system. */
const SERVER = `
const [master, wanted] = process.argv.slice(1);
let hits = 0;
const server = require('node:http').createServer((request, response) => {
  response.setHeader('x-generation', 'w' + (hits++ % 2) + '/' + master);
  response.writeHead(request.url === '/health' ? 200 : 404).end('fine');
});
const free = () => 20000 + Math.floor(Math.random() * 10000);
server.on('error', (error) => {
  if (wanted !== '0' || error.code !== 'EADDRINUSE') throw error;
  server.listen(free(), '${HOST}');
});
server.on('listening', () => console.log(server.address().port));
server.listen(wanted === '0' ? free() : Number(wanted), '${HOST}');
process.stdin.on('end', () => process.exit(0)).resume();
`;

const started: ChildProcess[] = [];
const probers: Prober[] = [];
const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

async function firstLine(child: ChildProcess): Promise<string> {
  started.push(child);
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(WAIT_MS) })) as [string];
  return line;
}

async function serve(master: string, port = 0): Promise<{ readonly port: number; readonly process: ChildProcess }> {
  const child = spawn(process.execPath, ['-e', SERVER, master, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  return { port: Number(await firstLine(child)), process: child };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function targetOf(port: number): ProbeTarget {
  return { node: 'web-1', host: HOST, port, path: '/health' };
}

class Watch {
  readonly events: ObservedEvent[] = [];
  readonly prober: Prober;
  /** How many probes earlier waits have looked at: what came in between belongs to the next one. */
  #seen = 0;

  constructor(port: number) {
    this.prober = startProber([targetOf(port)], { consecutive: CONSECUTIVE }, (event) => this.events.push(event));
    probers.push(this.prober);
  }

  get probes(): readonly ProbeSeen[] {
    return this.events.filter((event) => event.kind === 'probe');
  }

  /** Those of the probes since the last streak that match, up to the one that makes it long enough. */
  streak(what: string, matches: (probe: ProbeSeen) => boolean): Promise<readonly ProbeSeen[]> {
    return this.until(what, () => {
      const fresh = this.probes.slice(this.#seen);
      const last = fresh.findIndex((probe) => matches(probe) && probe.streak >= CONSECUTIVE);
      if (last === -1) return undefined;
      this.#seen += last + 1;
      return fresh.slice(0, last + 1).filter(matches);
    });
  }

  until<T>(what: string, look: () => T | undefined): Promise<T> {
    return waitFor(
      () => {
        const value = look();
        return value === undefined
          ? { done: false, evidence: JSON.stringify(this.events.slice(-3)) }
          : { done: true, value };
      },
      { what, deadlineMs: WAIT_MS, everyMs: 10 },
    );
  }
}

const isOkOf =
  (master: string) =>
  ({ outcome, generation }: ProbeSeen): boolean =>
    outcome === 'ok' && generation?.endsWith(`/${master}`) === true;
const streaksOf = (probes: readonly ProbeSeen[]): readonly number[] => probes.map(({ streak }) => streak);

afterEach(async () => {
  for (const each of probers.splice(0)) await each.stop();
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
  for (const child of started.splice(0)) await kill(child);
});

describe('the prober', () => {
  it('tells the end of a server, and the return of another master, each with its streak', async () => {
    const first = await serve('m1');
    const watch = new Watch(first.port);
    const well = await watch.streak('the first master to be well', isOkOf('m1'));
    // Two workers of one master answer in turn: that is no change.
    expect(streaksOf(well)).toEqual([1, 2, 3]);
    expect(new Set(well.map(({ generation }) => generation)).size).toBe(2);
    expect(well[0]).toMatchObject({ node: 'web-1', status: 200 });

    const killedMs = monotonicMs();
    await kill(first.process);
    const closed = await watch.streak('closed', ({ outcome }) => outcome === 'closed');
    expect(streaksOf(closed)).toEqual([1, 2, 3]);
    // A probe may have been on its way when the signal was sent; the next one was not.
    expect(closed[1]?.atMs).toBeGreaterThan(killedMs);
    for (const probe of closed) expect(probe).not.toHaveProperty('status');

    watch.prober.focus('web-1', WAIT_MS);
    await serve('m2', first.port);
    const back = await watch.streak('the second master to be well', isOkOf('m2'));
    expect(streaksOf(back)).toEqual([1, 2, 3]);
    expect(back[0]!.atMs).toBeGreaterThan(closed.at(-1)!.atMs!);
    expect(new Set(watch.probes.map(({ outcome }) => outcome))).toEqual(new Set(['ok', 'closed']));

    // Nothing changes any more: told about once a second, and not for each probe.
    const quiet = await watch.until('a later sign of life', () =>
      watch.probes.find(({ streak }) => streak > CONSECUTIVE),
    );
    const { atMs: beforeMs } = watch.probes[watch.probes.indexOf(quiet) - 1]!;
    expect(quiet.atMs! - beforeMs!).toBeGreaterThanOrEqual(1_000);
  });

  it('tells a change of master behind the same port, although the server never went away for long', async () => {
    const first = await serve('m1');
    const watch = new Watch(first.port);
    await watch.streak('the first master to be well', isOkOf('m1'));
    await kill(first.process);
    await serve('m2', first.port);
    const back = await watch.streak('the second master to be well', isOkOf('m2'));
    expect(streaksOf(back)).toEqual([1, 2, 3]);
  });

  it('says timeout of a frozen server, after the whole patience of a probe, and sees it thaw', async () => {
    const { port, process: server } = await serve('m1');
    const watch = new Watch(port);
    await watch.streak('the server to be well', isOkOf('m1'));
    server.kill('SIGSTOP');
    const frozen = await watch.streak('time-outs', ({ outcome }) => outcome === 'timeout');
    expect(streaksOf(frozen)).toEqual([1, 2, 3]);
    for (const { tookMs } of frozen) expect(tookMs).toBeGreaterThanOrEqual(PROBE_DEADLINE_MS - 5);
    server.kill('SIGCONT');
    expect(streaksOf(await watch.streak('the server to be well again', isOkOf('m1')))).toEqual([1, 2, 3]);
    const sent = watch.probes.map(({ atMs }) => atMs!);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
  });

  it.each<[string, (socket: Socket) => unknown, Partial<ProbeSeen>]>([
    ['nothing, and a closed connection', (socket) => socket.end(), { outcome: 'closed' }],
    ['a reset', (socket) => socket.resetAndDestroy(), { outcome: 'closed' }],
    ['half a head', (socket) => socket.end('HTTP/1.1 200 OK\r\nx-gen'), { outcome: 'error' }],
    ['no HTTP', (socket) => socket.end('220 mail is here\r\n\r\n'), { outcome: 'error' }],
    [
      '503 of a server that is not ready',
      (socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\nstarting'),
      { outcome: 'bad-status', status: 503 },
    ],
    [
      'a head in two pieces, and a body that never ends',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nX-Gener');
        setImmediate(() => socket.write('ation: w0/m7\r\n\r\nand'));
      },
      { outcome: 'ok', status: 200, generation: 'w0/m7' },
    ],
  ])('knows what it is when a server answers with %s', async (_what, answer, expected) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => answer(socket));
    });
    servers.push({ server, sockets });
    await once(server.listen(0, HOST), 'listening');
    const watch = new Watch((server.address() as AddressInfo).port);
    await watch.streak(JSON.stringify(expected), () => true);
    for (const probe of watch.probes) expect(probe).toMatchObject(expected);
  });
});

describe("the prober's process", () => {
  it('tells at its stop how late it was, and is gone', async () => {
    const { port } = await serve('m1');
    const watch = new Watch(port);
    await watch.streak('the server to be well', isOkOf('m1'));
    const [worker] = childrenOf(process.pid, 'probe-worker');
    await watch.prober.stop();
    const last = watch.events.at(-1) as Observed<'lateness'>;
    expect(last).toMatchObject({ kind: 'lateness', who: 'probe' });
    expect(last.count).toBeGreaterThanOrEqual(CONSECUTIVE);
    expect(last.lateness.p50Ms).toBeLessThanOrEqual(last.lateness.p99Ms);
    expect(last.lateness.p99Ms).toBeLessThanOrEqual(last.lateness.maxMs);
    expect(watch.events.filter(({ kind }) => kind === 'blind')).toEqual([]);
    expect(isAlive(worker!)).toBe(false);
  });

  it('is missed when it dies by itself', async () => {
    const { port } = await serve('m1');
    const watch = new Watch(port);
    await watch.streak('the server to be well', isOkOf('m1'));
    const [worker] = childrenOf(process.pid, 'probe-worker');
    process.kill(worker!, 'SIGKILL');
    const blind = await watch.until('the loss to be told', () => watch.events.find(({ kind }) => kind === 'blind'));
    expect(blind).toMatchObject({ who: 'probe', state: 'lost', evidence: 'the prober ended with SIGKILL' });
  });

  it('ends, as the load engine does, when the program above it is killed and the pipe closes', async () => {
    const { port } = await serve('m1');
    const program = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', programOn(port)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    expect(await firstLine(program)).toBe('both at work');
    const workers = childrenOf(program.pid!, '-worker.js');
    expect(workers.length).toBe(2);
    await kill(program);
    await waitFor(
      () => {
        const left = workers.filter(isAlive);
        return left.length === 0
          ? { done: true, value: undefined }
          : { done: false, evidence: `left: ${left.join(' ')}` };
      },
      { what: 'both processes to end', deadlineMs: WAIT_MS, everyMs: 10 },
    );
  });
});

/** A program that probes and loads the port, and says so once answers of both were seen. */
function programOn(port: number): string {
  const from = (path: string): string => JSON.stringify(new URL(`../../harness/${path}`, import.meta.url).href);
  const plan = {
    engine: { kind: 'autocannon', options: { stall: 0 } },
    requests: [{ name: 'health', method: 'GET', path: '/health', headers: {}, weight: 1 }],
    stages: [{ level: 2, rampMs: 0 }],
    think: { kind: 'constant', ms: 50 },
    timeoutMs: 5_000,
  };
  return `
    const { startProber } = await import(${from('observe/probes/prober.ts')});
    const { engines } = await import(${from('load/index.ts')});
    const waiting = new Set(['probe', 'load-frame']);
    const observe = ({ kind }) => waiting.delete(kind) && waiting.size === 0 && console.log('both at work');
    startProber([${JSON.stringify(targetOf(port))}], { consecutive: 1 }, observe);
    const target = { host: '${HOST}', port: ${port} };
    await engines.autocannon.start(${JSON.stringify(plan)}, 1, target, observe, new AbortController().signal);
  `;
}

/** Pids of a process's children whose command line holds the word. */
function childrenOf(pid: number, word: string): readonly number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(word))
    .map((line) => Number.parseInt(line, 10));
}

/** A zombie has ended: whether somebody reaps an orphan is up to the machine. State is the field after the name, proc(5). */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}
