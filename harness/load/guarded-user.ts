// One user on one autocannon client: thinks, sends one request, waits for its end, thinks again. The client's own way of
// going on (at once, without a pause, losing count of what was in flight) is replaced; see notes on load, 1.4 to 1.7.
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { monotonicMs } from '../core/clock.js';
import type { FailureKind } from '../record/events.js';
import type { AutocannonClient } from './autocannon-client.js';
import type { Books } from './books.js';

const { HTTPParser } = createRequire(import.meta.url)('http-parser-js') as {
  HTTPParser: Readonly<
    Record<'RESPONSE' | 'kOnHeaders' | 'kOnHeadersComplete' | 'kOnBody' | 'kOnMessageComplete', string>
  >;
};
const CALLBACKS = [
  HTTPParser.kOnHeaders,
  HTTPParser.kOnHeadersComplete,
  HTTPParser.kOnBody,
  HTTPParser.kOnMessageComplete,
];

export interface UserHabits {
  readonly timeoutMs: number;
  /** Time until the next request is due, ms. */
  think(): number;
  /** Index of the next request. */
  choose(): number;
  /** When a user who would act at `atMs` may do so; undefined: never again. */
  admit(atMs: number): number | undefined;
}

export class GuardedUser {
  present = false;
  readonly #client: AutocannonClient;
  readonly #habits: UserHabits;
  readonly #books: Books;
  readonly #connect: () => void;
  readonly #send: () => void;
  #timer: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #flight: { readonly dueMs: number } | undefined;
  #sending = false;
  #keepAlive = true;
  #error: NodeJS.ErrnoException | undefined;
  #retired = false;

  constructor(client: AutocannonClient, habits: UserHabits, books: Books) {
    this.#client = client;
    this.#habits = habits;
    this.#books = books;
    // autocannon's own methods, bound before they are replaced on this client.
    this.#connect = client._connect.bind(client);
    this.#send = client._doRequest.bind(client);
    client._connect = () => this.#disconnected();
    client._doRequest = () => {
      if (this.#sending) this.#sendNow();
    };
    client.on('connError', (error: NodeJS.ErrnoException) => (this.#error = error));
    client.on('headers', ({ headers }: { headers: readonly string[] }) => (this.#keepAlive = !saysClose(headers)));
    client.on('response', (status: number) => this.#ended(kindOfStatus(status)));
    this.#watchParser();
  }

  /** Comes when its turn comes; the first request follows after part of a think time, so that users do not march in step. */
  start(atMs: number, firstPause: number): void {
    this.#schedule(atMs + firstPause * this.#habits.think());
  }

  /** Sends nothing new; what is in flight may end. */
  retire(): void {
    this.#retired = true;
    clearTimeout(this.#timer);
  }

  #schedule(wantedMs: number): void {
    if (this.#retired) return;
    const dueMs = this.#habits.admit(wantedMs);
    this.present = dueMs === wantedMs;
    if (dueMs === undefined || dueMs > wantedMs) this.#drop();
    if (dueMs === undefined) return;
    // setTimeout cuts off fractions and would fire early.
    this.#timer = setTimeout(() => this.#act(dueMs), Math.max(0, Math.ceil(dueMs - monotonicMs())));
  }

  #act(dueMs: number): void {
    if (this.#retired) return;
    this.present = true;
    this.#flight = { dueMs };
    this.#books.offer(Math.max(0, monotonicMs() - dueMs));
    this.#deadline = setTimeout(() => this.#ended('timeout'), this.#habits.timeoutMs);
    this.#sending = true;
    const { conn } = this.#client;
    if (conn && !conn.destroyed && conn.writable) this.#sendNow();
    else this.#connect();
  }

  #sendNow(): void {
    this.#sending = false;
    const index = this.#habits.choose();
    const { requestIterator } = this.#client;
    // The client steps on by one before each request but the first.
    requestIterator.currentRequestIndex = this.#client.reqsMade > 0 ? index - 1 : index;
    requestIterator.currentRequest = requestIterator.requests[index];
    this.#send();
  }

  /** The request is over: booked once, and the next one is due after a think time. `undefined`: answered. */
  #ended(kind: FailureKind | undefined): void {
    const flight = this.#flight;
    if (!flight) return;
    this.#flight = undefined;
    this.#sending = false;
    clearTimeout(this.#deadline);
    const now = monotonicMs();
    if (kind === undefined) this.#books.answer(now - flight.dueMs);
    else this.#books.fail(kind);
    const stillGood = kind === undefined || kind === 'http-4xx' || kind === 'http-5xx';
    if (!stillGood || !this.#keepAlive) this.#drop();
    this.#schedule(now + this.#habits.think());
  }

  /** The client noticed that its connection is gone, by an error or by the other side's end. */
  #disconnected(): void {
    const error = this.#error;
    this.#error = undefined;
    if (!this.#client.conn) return; // At construction: nobody is connected before the user's turn.
    // A body that lasts until the end of the connection ends here, and with it the request.
    if (!error && this.#flight) this.#client.parser.finish();
    this.#drop();
    this.#ended(kindOfError(error));
  }

  /** Leaves the connection and everything that belonged to it; a later event of the old socket must not reach the new one. */
  #drop(): void {
    const { conn, parser, pipelinedRequests } = this.#client;
    this.#keepAlive = true;
    if (!conn) return;
    for (const event of ['error', 'end', 'data']) conn.removeAllListeners(event);
    conn.on('error', () => undefined);
    conn.destroy();
    delete (this.#client as { conn?: Socket }).conn;
    pipelinedRequests.clear();
    const callbacks = CALLBACKS.map((name) => parser[name]);
    parser.reinitialize(HTTPParser.RESPONSE);
    for (const [index, name] of CALLBACKS.entries()) parser[name] = callbacks[index];
  }

  /** autocannon does not look at what the parser says of bytes that are no HTTP. */
  #watchParser(): void {
    const { parser } = this.#client;
    const execute = parser.execute.bind(parser);
    parser.execute = (chunk) => {
      const result = execute(chunk);
      if (result instanceof Error) this.#ended('bad-response');
      return result;
    };
  }
}

function saysClose(headers: readonly string[]): boolean {
  return headers.some(
    (name, index) =>
      index % 2 === 0 && name.toLowerCase() === 'connection' && headers[index + 1]?.toLowerCase() === 'close',
  );
}

function kindOfStatus(status: number): FailureKind | undefined {
  if (status >= 500) return 'http-5xx';
  return status >= 400 ? 'http-4xx' : undefined;
}

function kindOfError(error: NodeJS.ErrnoException | undefined): FailureKind {
  switch (error?.code) {
    case undefined:
      return 'eof';
    case 'ECONNREFUSED':
      return 'refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset';
    default:
      return 'other';
  }
}
