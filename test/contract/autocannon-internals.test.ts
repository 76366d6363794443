// The internals of autocannon 9.0.0 that load/guarded-user.ts stands on. They are no public interface: when one of these
// fails after an update, the guard's books are wrong until the place that the message names was looked at again.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { AutocannonClient } from '../../harness/load/autocannon-client.js';

const WAIT_MS = 10_000;
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine';

interface Inside extends AutocannonClient {
  readonly pipelinedRequests: AutocannonClient['pipelinedRequests'] & { size(): number };
  destroy(): void;
}
type NewClient = new (options: Record<string, unknown>) => Inside;
interface Instance {
  stop(): void;
}
type Run = (options: Record<string, unknown>, done: () => void) => Instance;
type Constants = Readonly<
  Record<'RESPONSE' | 'kOnHeaders' | 'kOnHeadersComplete' | 'kOnBody' | 'kOnMessageComplete', string>
>;

const own = createRequire(import.meta.url);
const its = createRequire(own.resolve('autocannon'));
const Client = own('autocannon/lib/httpClient.js') as NewClient;
const { HTTPParser } = own('http-parser-js') as { HTTPParser: Constants };
const CALLBACKS = [
  HTTPParser.kOnHeaders,
  HTTPParser.kOnHeadersComplete,
  HTTPParser.kOnBody,
  HTTPParser.kOnMessageComplete,
];

function again(what: string): string {
  return `look again at guarded-user.ts: ${what}`;
}

const open: { close(): void }[] = [];

/** A server that treats each connection as told; for each request line it calls `answer`. */
async function serve(answer: (socket: Socket, nth: number) => void): Promise<{ port: number; paths: string[] }> {
  const paths: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      paths.push(chunk.toString().split(' ')[1] ?? '');
      answer(socket, paths.length);
    });
  });
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: (server.address() as AddressInfo).port, paths };
}

/** Replaced as the guard does it: autocannon's own methods are kept, and only called when the test says so. */
function guarded(port: number): { client: Inside; calls: string[]; connect: () => void } {
  const calls: string[] = [];
  let connect = (): void => undefined;
  const client = new Client({
    hostname: '127.0.0.1',
    port,
    timeout: 1_000_000,
    requests: ['/a', '/b', '/c'].map((path) => ({ method: 'GET', path })),
    setupClient: (fresh: Inside) => {
      calls.push(fresh.conn === undefined ? 'setup' : 'setup after connecting');
      connect = fresh._connect.bind(fresh);
      const send = fresh._doRequest.bind(fresh);
      fresh._connect = () => void calls.push('connect');
      fresh._doRequest = () => {
        calls.push('request');
        if (calls.filter((call) => call === 'request').length === 1) send();
      };
    },
  });
  open.push({ close: () => (client.conn ? client.destroy() : undefined) });
  return { client, calls, connect };
}

function soon(client: Inside, event: string): Promise<unknown[]> {
  return once(client, event, { signal: AbortSignal.timeout(WAIT_MS) });
}

interface Read {
  readonly head: Record<string, unknown>;
  readonly body: string;
}

/** The next answer, read by callbacks of one's own: the guard lets none of autocannon's have a part in it. */
function reads({ parser }: Inside): Promise<Read> {
  const pieces: Buffer[] = [];
  let head: Record<string, unknown> = {};
  return new Promise((resolve, reject) => {
    AbortSignal.timeout(WAIT_MS).addEventListener('abort', () => reject(new Error('no answer was read')));
    parser[HTTPParser.kOnHeadersComplete] = (info: Record<string, unknown>) => void (head = info);
    parser[HTTPParser.kOnBody] = (bytes: Buffer, start: number, length: number) =>
      void pieces.push(bytes.subarray(start, start + length));
    parser[HTTPParser.kOnMessageComplete] = () => resolve({ head, body: Buffer.concat(pieces).toString() });
  });
}

afterEach(() => {
  for (const each of open.splice(0).reverse()) each.close();
});

describe('autocannon, as the guard knows it', () => {
  it('is 9.0.0, exactly', () => {
    const { version } = own('autocannon/package.json') as { version: string };
    expect(version, 'another autocannon: read lib/httpClient.js again, then every test in this file').toBe('9.0.0');
  });

  it('parses with the same http-parser-js as the guard', () =>
    expect(
      its.resolve('http-parser-js'),
      again('CALLBACKS and RESPONSE come from a parser that autocannon does not use'),
    ).toBe(own.resolve('http-parser-js')));

  it('hands each connection over before it opens it, and honours methods that were replaced on it', async () => {
    const { port } = await serve((socket) => socket.write(ANSWER));
    const { client, calls, connect } = guarded(port);
    expect(calls, again('the constructor must ask setupClient first, then call the replaced _connect')).toEqual([
      'setup',
      'connect',
    ]);
    const answered = reads(client);
    connect();
    expect(client.conn, again('#act expects that _connect sets `conn`')).toBeDefined();
    expect(calls.slice(2), again('_connect must ask for one request, through the replaced _doRequest')).toEqual([
      'request',
    ]);
    const { head, body } = await answered;
    expect(
      [head['statusCode'], body],
      again('#guardParser: callbacks that were replaced before the connection'),
    ).toEqual([200, 'fine']);
    expect(calls.slice(3), again('without its callbacks, autocannon must not go on by itself')).toEqual([]);
    expect(client.reqsMade, again('#sendNow reads reqsMade')).toBe(1);
    expect(client.pipelinedRequests.size(), again('#completed must be the one who takes it from the queue')).toBe(1);
  });

  it('runs one client for each connection, and a stop without answers ends it', async () => {
    const { port } = await serve(() => undefined);
    const clients: Inside[] = [];
    const ended = new Promise<void>((resolve) => {
      const instance = (own('autocannon') as Run)(
        {
          url: `http://127.0.0.1:${port}`,
          connections: 3,
          duration: 1_000_000,
          timeout: 1_000_000,
          requests: [{ method: 'GET', path: '/a' }],
          setupClient: (client: Inside) => clients.push(client),
        },
        resolve,
      );
      instance.stop();
    });
    expect(clients.length, 'look again at autocannon-worker.ts: setupClient must be called for each user').toBe(3);
    await ended;
  });

  it('steps on by one request before each but the first, and sends its requestBuffer', async () => {
    const { port, paths } = await serve((socket) => socket.write(ANSWER));
    const client = new Client({
      hostname: '127.0.0.1',
      port,
      requests: ['/a', '/b', '/c'].map((path) => ({ method: 'GET', path })),
    });
    open.push({ close: () => client.destroy() });
    const { requestIterator } = client;
    await soon(client, 'response');
    // The second has left with the first answer; what the guard sets now decides on the third.
    requestIterator.currentRequestIndex = -1;
    await soon(client, 'response');
    await soon(client, 'response');
    expect(paths.slice(0, 3), again('#sendNow sets currentRequestIndex to one before what it wants')).toEqual([
      '/a',
      '/b',
      '/a',
    ]);
    expect(requestIterator.requests.length, again('#sendNow chooses from requestIterator.requests')).toBe(3);
  });

  it("tells an error as 'connError' with its code, before it connects again", async () => {
    const { port } = await serve(() => undefined);
    open.pop()?.close();
    const { client, calls, connect } = guarded(port);
    client.on('connError', () => calls.push('connError'));
    const failed = soon(client, 'connError');
    connect();
    const [error] = (await failed) as [NodeJS.ErrnoException];
    expect(error.code, again('kindOfError reads the code')).toBe('ECONNREFUSED');
    expect(calls.slice(-2), again('#disconnected must see the error that came before it')).toEqual([
      'connError',
      'connect',
    ]);
  });

  it("takes the other side's end without an error, as a reason to connect again", async () => {
    const { port } = await serve((socket) => socket.end());
    const { client, calls, connect } = guarded(port);
    client.on('connError', () => calls.push('connError'));
    connect();
    const { conn } = client;
    await once(conn!, 'end', { signal: AbortSignal.timeout(WAIT_MS) });
    expect(calls.slice(-2), again("#disconnected must be called on 'end', without a connError")).toEqual([
      'request',
      'connect',
    ]);
    expect(client.pipelinedRequests.size(), again('#drop must be the one who clears what was in flight')).toBe(1);
    client.pipelinedRequests.clear();
    expect(client.pipelinedRequests.size(), again('#drop clears with pipelinedRequests.clear()')).toBe(0);
  });

  it.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine', true],
    ['HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length: 4\r\n\r\nfine', false],
    ['HTTP/1.0 200 OK\r\ncontent-length: 4\r\n\r\nfine', false],
  ])('tells the head in one object, with raw headers: %j keeps the connection: %s', async (answer, keeps) => {
    const { port } = await serve((socket) => socket.write(answer));
    const { client, connect } = guarded(port);
    const answered = reads(client);
    connect();
    const { head } = await answered;
    expect(head, again('#headed (http-parser-js: compatMode0_12)')).toMatchObject({
      statusCode: 200,
      shouldKeepAlive: keeps,
    });
    expect((head['headers'] as string[]).slice(-2), again('headers: name, value, name, value')).toEqual([
      'content-length',
      '4',
    ]);
  });

  it('reads through `parser.execute`, looked up for each piece of data', async () => {
    const { port } = await serve((socket) => socket.write(ANSWER));
    const { client, connect } = guarded(port);
    const execute = client.parser.execute.bind(client.parser);
    let pieces = 0;
    client.parser.execute = (chunk) => {
      pieces += 1;
      return execute(chunk);
    };
    const answered = reads(client);
    connect();
    await answered;
    expect(pieces, again('the replaced parser.execute is not called: bad answers are not seen')).toBe(1);
  });
});

describe('http-parser-js, as the guard knows it', () => {
  function idle(): Inside {
    return guarded(1).client;
  }

  it('returns an error for bytes that are no HTTP, and does not throw it', () =>
    expect(idle().parser.execute(Buffer.from('this is no HTTP\r\n\r\n')), again("'bad-response'")).toBeInstanceOf(
      Error,
    ));

  it('forgets half an answer on reinitialize, and keeps the callbacks that are put back', () => {
    const { parser } = idle();
    const ended: string[] = [];
    parser[HTTPParser.kOnMessageComplete] = () => void ended.push('complete');
    const callbacks = CALLBACKS.map((name) => parser[name]);
    for (const callback of callbacks) expect(callback, again('CALLBACKS')).toBeTypeOf('function');
    parser.execute(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'));

    parser.reinitialize(HTTPParser.RESPONSE);
    for (const [index, name] of CALLBACKS.entries()) parser[name] = callbacks[index];
    expect(
      CALLBACKS.map((name) => parser[name]),
      again('#drop puts the callbacks back after reinitialize'),
    ).toEqual(callbacks);
    expect(parser.execute(Buffer.from(ANSWER)), again('#drop: a new connection begins with a new answer')).toBe(
      ANSWER.length,
    );
    expect(ended, again('#drop: the half answer of the old connection must be forgotten')).toEqual(['complete']);
  });

  it('is usable again by reinitialize after an error', () => {
    const { parser } = idle();
    parser[HTTPParser.kOnMessageComplete] = () => undefined;
    expect(parser.execute(Buffer.from('garbage\r\n\r\n'))).toBeInstanceOf(Error);
    parser.reinitialize(HTTPParser.RESPONSE);
    expect(parser.execute(Buffer.from(ANSWER)), again('#drop after a bad response')).toBe(ANSWER.length);
  });

  it.each([
    ['a body without a length', 'HTTP/1.1 200 OK\r\n\r\nall of it', 1],
    ['a body that was promised longer', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', 0],
    ['a body that lacks its last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n', 0],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-', 0],
    ['nothing', '', 0],
  ])('completes on finish() what may end so: %s', (_what, bytes, completed) => {
    const { parser } = idle();
    let ended = 0;
    parser[HTTPParser.kOnMessageComplete] = () => void (ended += 1);
    if (bytes !== '') parser.execute(Buffer.from(bytes));
    expect(() => parser.finish(), again('#disconnected: finish() must not throw')).not.toThrow();
    expect(ended, again('#disconnected: an answer that was cut off must stay a loss')).toBe(completed);
  });
});
