// autocannon as anybody uses it, in a process of its own: the cost against which the others are measured.
// Arguments: port, connections, requests per second (0: as fast as it can), pauses of each connection, ms (25-75).
import autocannon from 'autocannon';

const NEVER_S = 3_600;
const [port = '0', connections = '1', rate = '0', pauses = ''] = process.argv.slice(2);
const [leastMs = 0, mostMs = 0] = pauses.split('-').map(Number);

/** It has no pause of its own; nothing but that is added, so that what the guard costs can be told from what pauses cost. */
function addPause(client: unknown): void {
  const own = client as { _doRequest: () => void };
  const send = own._doRequest.bind(client);
  own._doRequest = () => void setTimeout(send, leastMs + Math.random() * (mostMs - leastMs));
}

const instance = autocannon({
  url: `http://127.0.0.1:${port}/`,
  connections: Number(connections),
  duration: NEVER_S,
  ...(rate === '0' ? {} : { overallRate: Number(rate) }),
  ...(mostMs === 0 ? {} : { setupClient: addPause }),
});
instance.catch(() => undefined);
process.stdin.on('end', () => process.exit(0)).resume();
