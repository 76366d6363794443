// Plain autocannon as a generator under comparison: as many connections as there are users, as fast as they are answered,
// which is the only pace that it has for users.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { USERS } from '../../test/contract/load/cases.js';
import type { Account, Generator } from './generator.js';
import type { AutocannonOrder } from './plain-autocannon-worker.js';

const LONGEST_S = 600;
const STOP_DEADLINE_MS = 30_000;

export const plainAutocannon: Generator = {
  name: 'plain autocannon',
  how: `${USERS} connections, no pause (it knows none), its own result and events`,
  start({ requests, timeoutMs }, { host, port }) {
    const file = fileURLToPath(new URL('./plain-autocannon-worker.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const send = (order: AutocannonOrder): void => void child.stdin.write(`${JSON.stringify(order)}\n`);
    send({
      order: 'start',
      options: {
        url: `http://${host}:${port}`,
        connections: USERS,
        duration: LONGEST_S,
        timeout: timeoutMs / 1_000,
        // It asks for one after another: by weight is as often in the list.
        requests: requests.flatMap(({ method, path, headers, body, weight }) =>
          Array.from({ length: weight }, () => ({ method, path, headers, ...(body === undefined ? {} : { body }) })),
        ),
      },
    });
    return Promise.resolve({
      async stop() {
        const told = once(lines, 'line', { signal: AbortSignal.timeout(STOP_DEADLINE_MS) });
        send({ order: 'stop' });
        try {
          const [line] = (await told) as [string];
          return JSON.parse(line) as Account;
        } finally {
          child.kill('SIGKILL');
        }
      },
    });
  },
};
