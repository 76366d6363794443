// autocannon 9.0.0 as its README has it, in a process of its own: its own counters are handed over, and when its own events
// told of an answer or an error.
import { createRequire } from 'node:module';
import type { EventEmitter } from 'node:events';
import { serveParent } from '../../harness/core/child.js';
import { monotonicMs } from '../../harness/core/clock.js';
import type { Account } from './generator.js';

interface Result {
  readonly requests: { readonly sent: number };
  readonly '2xx': number;
  readonly non2xx: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly latency: { readonly p99: number };
}
interface Instance extends EventEmitter {
  stop(): void;
}
type Autocannon = (options: unknown, done: (error: Error | null, result: Result) => void) => Instance;
export type AutocannonOrder =
  { readonly order: 'start'; readonly options: Readonly<Record<string, unknown>> } | { readonly order: 'stop' };

const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon;
const goodMs: number[] = [];
const failuresMs: number[] = [];
let instance: Instance | undefined;

const tell = serveParent(
  (message) => {
    const order = message as AutocannonOrder;
    if (order.order === 'start') start(order.options);
    else instance?.stop();
  },
  () => process.exit(0),
);

function start(options: Readonly<Record<string, unknown>>): void {
  instance = autocannon(options, (error, result) => {
    if (error) throw error;
    tell(accountOf(result));
  });
  instance.on('reqError', () => failuresMs.push(monotonicMs()));
  instance.on('response', (_: unknown, status: number) => (status < 400 ? goodMs : failuresMs).push(monotonicMs()));
}

function accountOf(result: Result): Account {
  const { errors, timeouts, non2xx } = result;
  return {
    offered: result.requests.sent,
    answered: result['2xx'],
    failed: { errors: errors - timeouts, timeouts, non2xx },
    p99Ms: result.latency.p99,
    seen: { failuresMs, goodMs },
  };
}
