// A small web server of the tests, a process of its own that can be killed and frozen. It writes one letter to its log
// for each answer that it completed, and another for each that it left off in the middle, so that a client's books can be compared with what was really served.
// Arguments: port (0: a free one), log file. Says `listening <port>` on standard output; ends when its input closes.
import { openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const SERVICE_MS = 20;
const PROMISED_BYTES = 100_000;
/** Below the range from which clients get their ports: a port that nobody listens on must refuse, not meet itself. */
const LOWEST_PORT = 20_000;
const PORTS = 10_000;

const [wantedPort = '0', logFile = ''] = process.argv.slice(2);
const log = openSync(logFile, 'a');
let hits = 0;

function done(response: ServerResponse): void {
  response.on('finish', () => void writeSync(log, '.'));
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
  '/moved': (response) => later(() => response.writeHead(302, { location: '/ok' }).end()),
  '/missing': (response) => later(() => response.writeHead(404).end('no such page')),
  '/busy': (response) => later(() => response.writeHead(503).end('come back later, with a body to read')),
  '/garbage': (response) => response.socket?.end('this is no HTTP\r\n\r\n'),
  '/half': (response) => {
    response.writeHead(200, { 'content-length': PROMISED_BYTES }).write('seven b');
    writeSync(log, 'h');
  },
  // Every second one leaves the connection open with words that nobody asked for.
  '/chatty': (response) => {
    const { socket } = response;
    response.end('fine');
    if ((hits += 1) % 2 === 0) later(() => socket?.write('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n'));
  },
};

const server = createServer((request, response) => {
  done(response);
  const page = pages[request.url ?? ''];
  if (page) page(response, request);
  else response.writeHead(500).end();
});

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

server.on('listening', () => console.log(`listening ${(server.address() as AddressInfo).port}`));
if (wantedPort === '0') listen(freePort(), 20);
else listen(Number(wantedPort), 0);
process.stdin.on('end', () => process.exit(0)).resume();
