// What a balancer promises, on the real HAProxy with two real servers behind it: each request in its log, each node by
// its name, each state with its reason, and books that agree with the lines that were read.
import { get, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { monotonicMs, waitFor } from '../../harness/core/clock.js';
import { messageOf } from '../../harness/core/errors.js';
import { readBalancerLog, type BalancerLog } from '../../harness/observe/balancer-log.js';
import { watchBalancer } from '../../harness/observe/balancer-view.js';
import type { ObservedEvent } from '../../harness/record/events.js';
import { haproxy } from '../../harness/tier/balancers/haproxy.js';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import type { Container, Runtime, TierNetwork } from '../../harness/tier/runtime/runtime.js';

const connected = await connectDocker().catch((error: unknown) => messageOf(error));
if (typeof connected === 'string' && !process.env['REMUSTER_ALLOW_NO_ENGINE']) throw new Error(connected);
const why = typeof connected === 'string' ? ` (skipped: ${connected})` : '';

const WAIT_MS = 20_000;
const PORT = 8080;

/** Answers by path; the name of its generation holds what would spoil a line of JSON. */
const SERVER = `
require 'socket'
server = TCPServer.new('0.0.0.0', ${PORT})
loop do
  Thread.new(server.accept) do |s|
    path = s.gets.split[1]
    nil until s.gets == "\\r\\n"
    head = "x-generation: #{ENV.fetch('NODE')}-\\"#{Process.pid}\\"\\\\]/x\\r\\nconnection: close\\r\\n"
    case path
    when '/cut' then s.write "HTTP/1.1 200 OK\\r\\n#{head}content-length: 1000\\r\\n\\r\\nonly so much"
    when '/broken' then s.write "HTTP/1.1 500 Oops\\r\\n#{head}content-length: 0\\r\\n\\r\\n"
    when '/slow' then sleep 5; s.write "HTTP/1.1 200 OK\\r\\n#{head}content-length: 0\\r\\n\\r\\n"
    else s.write "HTTP/1.1 200 OK\\r\\n#{head}content-length: 4\\r\\n\\r\\nfine"
    end
    s.close
  rescue SystemCallError, IOError, NoMethodError
    s.close
  end
end
`;

type Observed<K> = Extract<ObservedEvent, { kind: K }>;
type Cell = Observed<'traffic'>['cells'][number];

interface Answer {
  readonly status: number | undefined;
  readonly node: string | undefined;
}

describe.skipIf(why !== '')(`haproxy${why}`, () => {
  const runtime = connected as Runtime;
  const runId = `haproxy-test-${process.pid}-${Date.now().toString(36)}`;
  const nodes = new Map<string, Container>();
  const pids = new Map<string, string>();
  let network: TierNetwork;
  let image: string;
  let balancers = 0;
  let balancer: Container;
  let log: BalancerLog;
  let view: { stop(): void } | undefined;
  let events: ObservedEvent[] = [];

  async function startServer(name: string): Promise<void> {
    const node = nodes.get(name)!;
    const argv = ['sh', '-c', 'ruby /srv/server.rb >/dev/null 2>&1 & echo $!'];
    pids.set(name, (await node.exec(argv)).stdout.trim());
    const { host, port } = node.reach(PORT);
    await until(`${name} to answer`, async () => (await ask(host, port, '/')).status === 200);
  }

  async function killServer(name: string): Promise<void> {
    const node = nodes.get(name)!;
    await node.exec(['kill', '-9', pids.get(name)!]);
    const { host, port } = node.reach(PORT);
    await until(`${name} to be gone`, () =>
      ask(host, port, '/').then(
        () => false,
        () => true,
      ),
    );
  }

  beforeAll(async () => {
    image = await runtime.ensureImage('balancer-haproxy', () => undefined);
    network = await runtime.createNetwork(runId, 'test', 'run');
    for (const name of ['web-1', 'web-2']) {
      const node = await network.create({
        name,
        image: await runtime.ensureImage('node-ruby', () => undefined),
        command: ['sleep', 'infinity'],
        env: { NODE: name },
        files: [{ path: '/srv/server.rb', content: SERVER }],
        publish: [PORT],
        systemd: false,
        init: true,
      });
      nodes.set(name, node);
      await startServer(name);
    }
  });
  afterAll(async () => network.remove());

  async function start(options: Readonly<Record<string, unknown>>): Promise<void> {
    const backends = [...nodes].map(([node, { address }]) => ({ node, address, port: PORT, healthPath: '/health' }));
    const { command, files } = haproxy.recipe(backends, haproxy.options.parse(options));
    balancer = await network.create({
      name: `balancer-${(balancers += 1)}`,
      image,
      command,
      env: {},
      files,
      publish: [haproxy.port, ...haproxy.controlPorts],
      systemd: false,
      init: false,
    });
    await until('all backends up', async () => (await haproxy.view(balancer)).every(({ up }) => up));
    let answered = 0;
    await until('the front to answer', async () => {
      const { status } = await visit('/');
      answered += 1;
      return status === 200;
    });
    // HAProxy closes its books on an answer, and logs it, after the client has it.
    await until('its books to say so', async () => (await haproxy.books(balancer)).requestsServed >= answered);
    events = [];
    log = await readBalancerLog(balancer, haproxy, (event) => events.push(event));
  }

  afterEach(async () => {
    view?.stop();
    view = undefined;
    await log.stop();
    await balancer.remove();
  });

  const cells = (): readonly Cell[] =>
    events.filter((event) => event.kind === 'traffic').flatMap((event) => event.cells);
  const sum = (matches: (cell: Cell) => boolean): number =>
    cells()
      .filter(matches)
      .reduce((all, { count }) => all + count, 0);
  const backend = (matches: (event: Observed<'backend'>) => boolean) =>
    events.filter((event) => event.kind === 'backend').find(matches);
  const books = (): Observed<'balancer-books'> | undefined => events.find((event) => event.kind === 'balancer-books');

  function visit(path: string): Promise<Answer> {
    const { host, port } = balancer.reach(haproxy.port);
    return ask(host, port, path);
  }

  describe('with two nodes that are well', () => {
    beforeEach(() => start({ checkInterval: '200ms', fall: 2, retries: 0, redispatch: false, serverTimeout: '2s' }));

    it('logs each request with its node and generation; books and lines agree', async () => {
      const fromMs = monotonicMs();
      const answers: Answer[] = [];
      for (let count = 0; count < 40; count += 1) answers.push(await visit('/'));
      const toMs = monotonicMs();
      await log.stop();
      expect(new Set(answers.map(({ node }) => node))).toEqual(new Set(['web-1', 'web-2']));
      for (const name of nodes.keys()) {
        const generation = `${name}-"${pids.get(name)}"\\]/x`;
        expect(sum((cell) => cell.node === name && cell.outcome === 'ok' && cell.status === 200)).toBe(20);
        expect(cells().find(({ node }) => node === name)?.generation).toBe(generation);
      }
      for (const event of events) {
        if (event.kind !== 'traffic') continue;
        expect(event.atMs).toBeGreaterThan(fromMs - 101);
        expect(event.atMs).toBeLessThan(toMs + 1);
      }
      expect(books()).toMatchObject({ linesRead: 40, requestsServed: 40, droppedLogs: 0 });
      expect(events.find(({ kind }) => kind === 'lateness')).toMatchObject({ who: 'balancer-log', count: 40 });
    });

    it('counts as failed: an answer that was cut off, an error, and none in time', async () => {
      await expect(visit('/cut')).rejects.toThrow(/aborted|hang up/);
      expect((await visit('/broken')).status).toBe(500);
      await leave('/slow');
      await visit('/');
      // HAProxy goes on waiting for the node; who left is not the node's failure, that it did not answer in time is.
      await until('the line of who left', () => sum(({ status }) => status === 504) === 1);
      await log.stop();
      expect(
        cells()
          .map(({ status, outcome, count }) => [status, outcome, count])
          .sort(),
      ).toEqual([
        [200, 'failed', 1],
        [200, 'ok', 1],
        [500, 'failed', 1],
        [504, 'failed', 1],
      ]);
      expect(books()).toMatchObject({ linesRead: 4, requestsServed: 4 });
    });

    it('says DOWN and why, and UP again; asked, it says the same', async () => {
      view = watchBalancer(balancer, haproxy, (event) => events.push({ ...event, atMs: monotonicMs() }));
      await killServer('web-2');
      const down = await until('web-2 DOWN', () => backend(({ node, up }) => node === 'web-2' && !up));
      expect(down).toMatchObject({ word: 'DOWN' });
      expect(down?.reason).toMatch(/Layer4 connection problem|L4CON|Socket error/);
      await until('the view to agree', async () =>
        (await haproxy.view(balancer)).some(({ node, up, reason }) => node === 'web-2' && !up && reason === 'L4CON'),
      );
      await startServer('web-2');
      await until('web-2 UP', () => events.filter((event) => event.kind === 'backend').at(-1)?.up);
    });

    it('answers 503 itself when there is nobody left, and blames no node for it', async () => {
      for (const name of nodes.keys()) await killServer(name);
      await until('all DOWN', async () => (await haproxy.view(balancer)).every(({ up }) => !up));
      const { status, node } = await visit('/');
      expect([status, node ?? '']).toEqual([503, '']);
      for (const name of nodes.keys()) await startServer(name);
      await log.stop();
      expect(cells()).toMatchObject([{ node: null, generation: null, status: 503, outcome: 'failed', count: 1 }]);
    });

    it('is missed when its log ends before it was told to stop', async () => {
      await balancer.remove();
      await until('the loss', () => events.some(({ kind }) => kind === 'blind'));
      expect(events.find(({ kind }) => kind === 'blind')).toMatchObject({ who: 'balancer-log', state: 'lost' });
    });
  });

  it('names the node of its own 503', async () => {
    await start({ checkInterval: '60s', retries: 0, redispatch: false });
    await killServer('web-2');
    const answers = [await visit('/'), await visit('/')];
    await startServer('web-2');
    await log.stop();
    expect(answers.sort((a, b) => (a.status ?? 0) - (b.status ?? 0))).toEqual([
      { status: 200, node: 'web-1' },
      { status: 503, node: 'web-2' },
    ]);
    expect(cells().filter(({ outcome }) => outcome === 'failed')).toMatchObject([
      { node: 'web-2', generation: null, status: 503, count: 1, retried: 0 },
    ]);
  });

  it('tells which errors it masked: a request that another node answered after a retry', async () => {
    await start({ checkInterval: '60s', retries: 2 });
    await killServer('web-1');
    const answers = [await visit('/'), await visit('/')];
    await startServer('web-1');
    await log.stop();
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const masked = cells().filter(({ retried }) => retried > 0);
    expect(masked.length).toBeGreaterThan(0);
    for (const cell of masked) expect(cell).toMatchObject({ node: 'web-2', outcome: 'ok', status: 200 });
  });

  it('says timeout of a node that takes too long for its health check', async () => {
    await start({ checkInterval: '200ms', checkTimeout: '300ms', fall: 2 });
    await nodes.get('web-1')!.exec(['kill', '-STOP', pids.get('web-1')!]);
    const down = await until('web-1 DOWN', () => backend(({ node, up }) => node === 'web-1' && !up));
    expect(down).toMatchObject({ word: 'DOWN', reason: 'Layer7 timeout' });
    await nodes.get('web-1')!.exec(['kill', '-CONT', pids.get('web-1')!]);
    await until('web-1 UP', () => backend(({ node, up }) => node === 'web-1' && up));
  });

  /** Asks, and leaves before there is an answer. */
  function leave(path: string): Promise<void> {
    const { host, port } = balancer.reach(haproxy.port);
    return new Promise((resolve) => {
      const request = get({ host, port, path, agent: false });
      request.on('error', () => undefined);
      request.on('close', () => resolve());
      request.on('finish', () => setTimeout(() => request.destroy(), 200));
    });
  }
});

function ask(host: string, port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, agent: false }, (response: IncomingMessage) => {
      response.resume();
      response.on('error', reject);
      const node = response.headers['x-remuster-node'];
      response.on('end', () =>
        resolve({ status: response.statusCode, node: typeof node === 'string' ? node : undefined }),
      );
    });
    request.on('error', reject);
  });
}

async function until<T>(what: string, look: () => T | Promise<T>): Promise<T> {
  return waitFor<T>(
    async () => {
      try {
        const value = await look();
        return value ? { done: true, value } : { done: false, evidence: String(value) };
      } catch (error) {
        return { done: false, evidence: messageOf(error) };
      }
    },
    { what, deadlineMs: WAIT_MS, everyMs: 20 },
  );
}
