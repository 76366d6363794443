// One user on one autocannon client: thinks, sends one request, waits for its end, thinks again. The client's own way of
// going on (at once, without a pause, losing count of what was in flight) is replaced; docs/decisions/0005 says why.
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { monotonicMs } from '../core/clock.js';
import type { RightAnswer } from '../plan/load-plan.js';
import type { FailureKind } from '../record/events.js';
import type { AutocannonClient, ResponseHead } from './autocannon-client.js';
import type { Books } from './books.js';
import { kindOfError } from './kinds.js';
import { originOf, UNKNOWN_ORIGIN } from './origin.js';
import { BODY_LIMIT_BYTES, readsBody, wrongWith } from './right-answer.js';

type CallbackName = 'kOnHeaders' | 'kOnHeadersComplete' | 'kOnBody' | 'kOnMessageComplete';

const { HTTPParser } = createRequire(import.meta.url)('http-parser-js') as {
  HTTPParser: Readonly<Record<'RESPONSE' | CallbackName, string>>;
};
const CALLBACKS = [
  HTTPParser.kOnHeaders,
  HTTPParser.kOnHeadersComplete,
  HTTPParser.kOnBody,
  HTTPParser.kOnMessageComplete,
];

/** No request was chosen yet. */
const NONE = -1;

export interface UserHabits {
  /** Time until the next request is due, ms. */
  think(): number;
  /** Index of the next request. */
  choose(): number;
  /** True when an answer to this request has no body, whatever its headers say. */
  isBodiless(index: number): boolean;
  /** What a right answer to this request is; undefined: a status below 400. */
  right(index: number): RightAnswer | undefined;
  /** When a user who would act at `atMs` may do so; undefined: never again. */
  admit(atMs: number): number | undefined;
  /** Sees the head of each answer, before its outcome is booked; undefined: nobody looks. */
  readonly seeHead: ((headers: readonly string[]) => void) | undefined;
}

export class GuardedUser {
  readonly #client: AutocannonClient;
  readonly #habits: UserHabits;
  readonly #books: Books;
  readonly #connect: () => void;
  readonly #send: () => void;
  /** Made once: a user takes many turns. */
  readonly #takeTurn = (): void => this.#act();
  #nextMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #flight: { readonly dueMs: number; readonly sentMs: number; index: number } | undefined;
  #right: RightAnswer | undefined;
  /** Of the answer that is coming. */
  #head: ResponseHead | undefined;
  readonly #body: Buffer[] = [];
  #bodyRoom = 0;
  #presentFromMs = Infinity;
  #sending = false;
  #error: NodeJS.ErrnoException | undefined;
  #retired = false;
  #adopted = false;

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
  }

  /** Comes when its turn comes; the first request follows after part of a think time, so that users do not march in step. */
  start(atMs: number, firstPause: number): void {
    this.#presentFromMs = atMs;
    this.#schedule(atMs + firstPause * this.#habits.think(), monotonicMs(), false);
  }

  isPresent(nowMs: number): boolean {
    return nowMs >= this.#presentFromMs;
  }

  /** When what is in flight was sent; undefined: nothing is. */
  get sentMs(): number | undefined {
    return this.#flight?.sentMs;
  }

  /** No answer came in time. */
  giveUp(): void {
    this.#ended('timeout');
  }

  /** Sends nothing new; what is in flight may end. */
  retire(): void {
    this.#retired = true;
    clearTimeout(this.#timer);
  }

  /** Who does not think goes on at once after an answer, but never from failure to failure. */
  #schedule(wantedMs: number, nowMs: number, isAnswered: boolean): void {
    if (this.#retired) return;
    const dueMs = this.#habits.admit(wantedMs);
    if (dueMs === undefined || dueMs > wantedMs) {
      this.#drop();
      this.#presentFromMs = dueMs ?? Infinity;
    }
    if (dueMs === undefined) return;
    this.#nextMs = dueMs;
    if (isAnswered && dueMs <= nowMs) {
      setImmediate(this.#takeTurn);
      return;
    }
    // setTimeout cuts off fractions and would fire early.
    this.#timer = setTimeout(this.#takeTurn, Math.max(0, Math.ceil(dueMs - nowMs)));
  }

  #act(): void {
    if (this.#retired) return;
    const dueMs = this.#nextMs;
    const now = monotonicMs();
    // A timer counts from the beginning of the loop's turn, so it may also fire a little early.
    this.#flight = { dueMs: Math.min(dueMs, now), sentMs: now, index: NONE };
    this.#books.offer(Math.max(0, now - dueMs), now);
    this.#sending = true;
    if (this.#client.conn?.writable) {
      this.#sendNow();
    } else {
      this.#drop();
      this.#connect();
    }
  }

  #sendNow(): void {
    this.#sending = false;
    const index = this.#habits.choose();
    if (this.#flight) this.#flight.index = index;
    this.#right = this.#habits.right(index);
    this.#body.length = 0;
    this.#bodyRoom = readsBody(this.#right) ? BODY_LIMIT_BYTES : 0;
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
    const head = this.#head;
    this.#head = undefined;
    const now = monotonicMs();
    const { node, generation } = head ? originOf(head.headers) : UNKNOWN_ORIGIN;
    const source = { request: flight.index, node, generation };
    if (kind === undefined) this.#books.answer(now - flight.dueMs, source, now);
    else this.#books.fail(kind, source);
    if (!isWholeAnswer(kind) || !head?.shouldKeepAlive) this.#drop();
    this.#schedule(now + this.#habits.think(), now, kind === undefined);
  }

  /** The client noticed that its connection is gone, by an error or by the other side's end. */
  #disconnected(): void {
    const error = this.#error;
    this.#error = undefined;
    if (!this.#adopted) {
      // The end of the client's construction: nobody is connected before the user's turn.
      this.#adopted = true;
      this.#guardParser();
      return;
    }
    // A body that lasts until the end of the connection ends here, and with it the request.
    if (!error && this.#flight) this.#client.parser.finish();
    this.#drop();
    this.#ended(kindOfError(error));
  }

  /** Leaves the connection and everything that belonged to it; a later event of the old socket must not reach the new one. */
  #drop(): void {
    const { conn, parser, pipelinedRequests } = this.#client;
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

  /**
   * autocannon does not look at what the parser says of bytes that are no HTTP, takes an interim answer (RFC 9110, 15.2)
   * for the answer, waits for the body that an answer to HEAD only announces, falls over bytes that nobody asked for, and
   * turns each body into text. So the guard reads the answers: autocannon's callbacks, and the counters behind them, have no part.
   */
  #guardParser(): void {
    const { parser } = this.#client;
    const execute = parser.execute.bind(parser);
    parser.execute = (chunk) => {
      if (!this.#flight) {
        this.#drop();
        return chunk.length;
      }
      const result = execute(chunk);
      if (result instanceof Error) this.#ended('bad-response');
      return result;
    };
    parser[HTTPParser.kOnHeadersComplete] = (head: ResponseHead) => this.#headed(head);
    parser[HTTPParser.kOnBody] = (bytes: Buffer, start: number, length: number) => this.#keep(bytes, start, length);
    parser[HTTPParser.kOnMessageComplete] = () => this.#completed();
  }

  /** True when no body follows, whatever the head says. */
  #headed(head: ResponseHead): boolean {
    const flight = this.#flight;
    if (!flight || head.statusCode < 200) return false;
    this.#head = head;
    this.#habits.seeHead?.(head.headers);
    return flight.index !== NONE && this.#habits.isBodiless(flight.index);
  }

  #keep(bytes: Buffer, start: number, length: number): void {
    if (this.#bodyRoom <= 0) return;
    this.#body.push(bytes.subarray(start, start + Math.min(length, this.#bodyRoom)));
    this.#bodyRoom -= length;
  }

  /** An interim answer, and one that nobody asked for, are complete too, and have no head here. */
  #completed(): void {
    if (!this.#head) return;
    const { statusCode: status, headers } = this.#head;
    this.#client.pipelinedRequests.clear();
    const right = this.#right;
    const body = right && readsBody(right) ? Buffer.concat(this.#body).toString() : undefined;
    this.#ended(wrongWith(right, { status, headers, body }));
  }
}

/** The connection carries on after an answer that came whole, right or wrong. */
function isWholeAnswer(kind: FailureKind | undefined): boolean {
  return kind === undefined || kind === 'http-4xx' || kind === 'http-5xx' || kind === 'wrong-answer';
}
