// The server of the load benchmark: answers at once, counts what it has answered, and tells the count when it is asked.
// Its first words are its port; it ends when its input closes.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveParent } from '../../harness/core/child.js';

const BACKLOG = 16_384;
const BODY = Buffer.from('{"ok":true}\n');
let answered = 0;

const tell = serveParent(
  () => tell({ answered }),
  () => process.exit(0),
);
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': BODY.length,
    'x-remuster-node': 'web-1',
    'x-generation': `${process.pid}.1`,
  });
  response.end(BODY);
  answered += 1;
});
server.keepAliveTimeout = 60_000;
server.listen({ host: '127.0.0.1', port: 0, backlog: BACKLOG }, () => {
  tell({ port: (server.address() as AddressInfo).port });
});
