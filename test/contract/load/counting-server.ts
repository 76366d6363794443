// A small web server of the tests, a process of its own that can be killed and frozen, and that ends connections on order.
// It logs what it did, one line each: when (monotonic ms) and a letter (served.ts says which), so that a client's books
// can be compared with what was really served. Arguments: port (0: a free one), log file, generation.
import { openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createInterface } from 'node:readline';

const SERVICE_MS = 20;
const SLOW_MS = 400;
/** From the request that a cut waits for until the cut. */
const CUT_AFTER_MS = 5;
const PROMISED_BYTES = 100_000;
/** Below the range from which clients get their ports: a port that nobody listens on must refuse, not meet itself. */
const LOWEST_PORT = 20_000;
const PORTS = 10_000;

const [wantedPort = '0', logFile = '', firstGeneration = '1'] = process.argv.slice(2);
const log = openSync(logFile, 'a');
const pending = new Map<ServerResponse, Socket>();
const sockets = new Set<Socket>();
const twofold = new WeakSet<Socket>();
let generation = Number(firstGeneration);
let hits = 0;
let cut: ((socket: Socket) => void) | undefined;

function note(letter: string): void {
  writeSync(log, `${Number(process.hrtime.bigint()) / 1e6} ${letter}\n`);
}

function watch(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  note('q');
  pending.set(response, socket);
  // Before the last bytes go out: whoever is killed in between has noted an answer too many, never one too few.
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
  response.end = (...given: unknown[]) => {
    if (!socket.destroyed) note('a');
    return end(...given);
  };
  response.on('close', () => pending.delete(response));
}

function later(call: () => void): void {
  setTimeout(call, SERVICE_MS);
}

const pages: Readonly<Record<string, (response: ServerResponse, request: IncomingMessage) => void>> = {
  '/ok': (response) => later(() => response.end('fine')),
  '/chunked': (response) => {
    response.write('half');
    later(() => response.end('whole'));
  },
  '/slow': (response) => {
    response.writeHead(200, { 'content-length': 9 }).write('slow');
    setTimeout(() => response.end(' body'), SLOW_MS);
  },
  '/until-close': (response) => {
    response.shouldKeepAlive = false;
    response.useChunkedEncodingByDefault = false;
    response.write('a body that lasts');
    later(() => response.end(' until the end'));
  },
  '/close': (response) => later(() => response.writeHead(200, { connection: 'close' }).end('and gone')),
  '/hints': (response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    later(() => response.end('after a hint'));
  },
  '/echo': (response, request) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => response.writeHead(bytes === 9 ? 201 : 400).end());
  },
  '/cart': (response) =>
    later(() => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-shop': 'open' });
      response.end(JSON.stringify({ cart: { items: [{ id: 7, name: 'cup' }], total: 1 }, paid: null }));
    }),
  // Knows who has been here before by the cookie that it gave.
  '/visit': (response, { headers }) =>
    later(() => {
      const isKnown = headers.cookie === 'visit=1';
      if (!isKnown) response.setHeader('set-cookie', 'visit=1; Path=/; Secure');
      response.end(isKnown ? 'known' : 'new');
    }),
  '/moved': (response) => later(() => response.writeHead(302, { location: '/ok' }).end()),
  '/missing': (response) => later(() => response.writeHead(404).end('no such page')),
  '/busy': (response) => later(() => response.writeHead(503).end('come back later, with a body to read')),
  '/garbage': (response) => response.socket?.end('this is no HTTP\r\n\r\n'),
  '/half': (response) => {
    response.writeHead(200, { 'content-length': PROMISED_BYTES }).write('seven b');
    note('h');
  },
  // Reads the beginning of what is sent, and no more.
  '/upload': () => note('u'),
  // Every second one leaves the connection open with words that nobody asked for.
  '/chatty': (response) => {
    const { socket } = response;
    response.end('fine');
    if ((hits += 1) % 2 === 0) later(() => socket?.write('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n'));
  },
  // First an answer with another one behind it that nobody asked for, in one piece; then, on the same connection, a hint first.
  '/twofold': (response) => {
    const { socket } = response;
    if (socket && !twofold.has(socket)) {
      twofold.add(socket);
      response.writeHead(200, { 'content-length': 4 });
      response.end('fineHTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    later(() => response.end('after a hint'));
  },
};

const server = createServer((request, response) => {
  // A balancer asks for its own sake: nothing of that is anybody's load.
  if (request.url === '/health') return void response.end();
  watch(request, response);
  response.setHeader('x-generation', generation);
  const page = pages[request.url ?? ''];
  if (page) page(response, request);
  else response.writeHead(500).end();
  if (cut) setTimeout(cutAll, CUT_AFTER_MS, cut);
  cut = undefined;
});
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
});

/** Ends every connection, whatever is on its way there. */
function cutAll(end: (socket: Socket) => void): void {
  for (const socket of pending.values()) if (!socket.destroyed) note('c');
  for (const socket of sockets) end(socket);
  console.log('cut');
}

const orders: Readonly<Record<string, () => void>> = {
  /** With the next request, so that there is one to cut. */
  fin: () => (cut = (socket) => socket.destroy()),
  rst: () => (cut = (socket) => socket.resetAndDestroy()),
  /** As a server that replaces its workers and keeps its listener: answers what it has, and ends each connection politely. */
  renew: () => {
    generation += 1;
    for (const response of pending.keys()) response.shouldKeepAlive = false;
    server.closeIdleConnections();
    console.log('renewed');
  },
};

function listen(port: number, tries: number): void {
  server.once('error', (error) => {
    if (tries === 0) throw error;
    listen(freePort(), tries - 1);
  });
  server.listen(port, '127.0.0.1');
}

function freePort(): number {
  return LOWEST_PORT + Math.floor(Math.random() * PORTS);
}

server.on('listening', () => {
  note('l');
  console.log(`listening ${(server.address() as AddressInfo).port}`);
});
if (wantedPort === '0') listen(freePort(), 20);
else listen(Number(wantedPort), 0);
const input = createInterface({ input: process.stdin });
input.on('line', (word) => orders[word]?.());
input.on('close', () => process.exit(0));
