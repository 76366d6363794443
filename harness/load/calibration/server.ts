// The server that a generator is measured against: a process of its own that answers at once, with the headers of a node,
// so that what is found is the generator's limit. Its first words are its port; it ends when its input closes.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveParent } from '../../core/child.js';

/** Thousands of users may connect in the same moment; the kernel takes less where net.core.somaxconn says so. */
const BACKLOG = 16_384;
const BODY = Buffer.from('{"ok":true}\n');

const tell = serveParent(
  () => undefined,
  () => process.exit(0),
);
const generation = `calibration-${process.pid}`;
const server = createServer((request, response) => {
  request.resume();
  response
    .writeHead(200, {
      'content-type': 'application/json',
      'content-length': BODY.length,
      'x-remuster-node': 'calibration',
      'x-generation': generation,
    })
    .end(BODY);
});
server.keepAliveTimeout = 60_000;
server.listen({ host: '127.0.0.1', port: 0, backlog: BACKLOG }, () => {
  tell({ port: (server.address() as AddressInfo).port });
});
