// autocannon as anybody uses it, in a process of its own: the cost against which the guard is measured.
// Arguments: port, connections, requests per second (0: as fast as it can).
import autocannon from 'autocannon';

const NEVER_S = 3_600;
const [port = '0', connections = '1', rate = '0'] = process.argv.slice(2);
const instance = autocannon({
  url: `http://127.0.0.1:${port}/`,
  connections: Number(connections),
  duration: NEVER_S,
  ...(rate === '0' ? {} : { overallRate: Number(rate) }),
});
instance.catch(() => undefined);
process.stdin.on('end', () => process.exit(0)).resume();
