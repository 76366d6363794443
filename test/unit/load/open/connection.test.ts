import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection, type Ending } from '../../../../harness/load/open/connection.js';

/** What the other side does with a connection on which a request has come. */
type Script = (socket: Socket, count: number) => void;

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
const DEADLINE_MS = 10_000;

let server: Server;
let script: Script = () => undefined;
let requests: string;
const accepted: Socket[] = [];
const opened: Connection[] = [];
let gone: number;

beforeEach(async () => {
  requests = '';
  gone = 0;
  server = createServer((socket) => {
    let count = 0;
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      requests += data.toString();
      script(socket, (count += 1));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const connection of opened.splice(0)) connection.drop();
  for (const socket of accepted.splice(0)) socket.destroy();
  server.close();
  await once(server, 'close');
});

function open(): Connection {
  const { port } = server.address() as AddressInfo;
  const connection = new Connection({ host: '127.0.0.1', port }, () => (gone += 1));
  opened.push(connection);
  return connection;
}

function ask(connection: Connection, more: { bodiless?: boolean; keepBody?: boolean } = {}): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it never ended')), DEADLINE_MS);
    const ended = (ending: Ending): void => {
      clearTimeout(timer);
      resolve(ending);
    };
    connection.send({ bytes: REQUEST, bodiless: false, keepBody: true, ended, ...more });
  });
}

async function askOnce(answer: Script | string, more: { bodiless?: boolean; keepBody?: boolean } = {}) {
  script = typeof answer === 'string' ? (socket) => socket.write(answer, 'latin1') : answer;
  const connection = open();
  const ending = await ask(connection, more);
  const said = 'failure' in ending ? ending.failure : [ending.answer.status, ending.answer.body];
  return { said, usable: connection.isUsable };
}

describe('a connection of the open engine', () => {
  it.each<[string, string, [number, string], boolean]>([
    ['a length', 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine', [200, 'fine'], true],
    ['no body', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', [200, ''], true],
    [
      'chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nfi\r\n2\r\nne\r\n0\r\n\r\n',
      [200, 'fine'],
      true,
    ],
    ['trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nf\r\n0\r\nx: y\r\n\r\n', [200, 'f'], true],
    ['its end announced', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx', [200, 'x'], false],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx', [200, 'x'], false],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', [204, ''], true],
    ['304 that tells a length', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n', [304, ''], true],
    [
      'hints before it',
      'HTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx',
      [200, 'x'],
      true,
    ],
    ['an error with a body', 'HTTP/1.1 503 No\r\ncontent-length: 4\r\n\r\nbusy', [503, 'busy'], true],
  ])('reads an answer with %s, in one piece and byte by byte', async (_, text, said, usable) => {
    expect(await askOnce(text)).toEqual({ said, usable });
    const bytewise: Script = (socket) => {
      socket.setNoDelay(true);
      const send = (at: number): void => {
        if (at < text.length) socket.write(text.slice(at, at + 1), 'latin1', () => setImmediate(send, at + 1));
      };
      send(0);
    };
    expect(await askOnce(bytewise)).toEqual({ said, usable });
  });

  it('does not wait for the body that an answer to HEAD only announces', async () => {
    const found = await askOnce('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n', { bodiless: true });
    expect(found).toEqual({ said: [200, ''], usable: true });
  });

  it('takes the end of the connection for the end of a body without a length', async () => {
    const found = await askOnce((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end'));
    expect(found).toEqual({ said: [200, 'until the end'], usable: false });
  });

  it('keeps no body that it was not asked to keep', async () => {
    const { said } = await askOnce('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine', { keepBody: false });
    expect(said).toEqual([200, undefined]);
  });

  it.each<[string, string]>([
    ['no HTTP', 'this is no HTTP\r\n\r\n'],
    ['more than its length', 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine, and more'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: four\r\n\r\nfine'],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -4\r\n\r\nfine'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nfine'],
    ['another coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nfine'],
    ['a broken chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nfine\r\n0\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}`],
  ])('does not take %s for an answer', async (_, text) => {
    expect(await askOnce(text)).toEqual({ said: 'bad-response', usable: false });
    expect(gone).toBe(1);
  });

  it.each<[string, Script, string]>([
    ['ended before an answer', (socket) => socket.end(), 'eof'],
    ['ended in the headers', (socket) => socket.end('HTTP/1.1 200 O'), 'eof'],
    ['ended in the body', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfine'), 'eof'],
    ['ended in a chunk', (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nf'), 'eof'],
    ['ended after hints', (socket) => socket.end('HTTP/1.1 103 Early\r\n\r\n'), 'eof'],
    ['reset', (socket) => socket.resetAndDestroy(), 'reset'],
  ])('knows that it was %s', async (_, end, kind) => {
    expect(await askOnce(end)).toEqual({ said: kind, usable: false });
    expect(gone).toBe(1);
  });

  it('says refused where nobody listens', async () => {
    const { port } = server.address() as AddressInfo;
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const closed = (other.address() as AddressInfo).port;
    other.close();
    await once(other, 'close');
    expect(closed).not.toBe(port);
    const connection = new Connection({ host: '127.0.0.1', port: closed }, () => (gone += 1));
    expect(await ask(connection)).toEqual({ failure: 'refused' });
    expect(connection.isUsable).toBe(false);
  });

  it('carries one request after the other, each with its own answer', async () => {
    script = (socket, count) => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n${count}`);
    const connection = open();
    const bodies: unknown[] = [];
    for (let time = 0; time < 3; time += 1) {
      const ending = await ask(connection);
      bodies.push('answer' in ending ? ending.answer.body : ending.failure);
    }
    expect(bodies).toEqual(['1', '2', '3']);
    expect(requests).toBe(REQUEST.toString().repeat(3));
    expect(accepted.length).toBe(1);
  });

  it('is not used again after words that nobody asked for, whether they come with the answer or later', async () => {
    const late = 'HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n';
    const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine';
    expect(await askOnce(answer + late)).toEqual({ said: [200, 'fine'], usable: false });
    script = (socket) => socket.write(answer);
    const connection = open();
    expect(await ask(connection)).toMatchObject({ answer: { status: 200 } });
    const socket = accepted.at(-1);
    const ended = once(socket as Socket, 'close');
    socket?.write(late);
    await ended;
    expect(connection.isUsable).toBe(false);
  });

  it('says nothing more of a request that was dropped', async () => {
    let asked: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    script = () => asked();
    const connection = open();
    const told: Ending[] = [];
    connection.send({ bytes: REQUEST, bodiless: false, keepBody: false, ended: (ending) => told.push(ending) });
    await arrived;
    const ended = once(accepted.at(-1) as Socket, 'close');
    connection.drop();
    await ended;
    expect(told).toEqual([]);
    expect(gone).toBe(1);
  });
});
