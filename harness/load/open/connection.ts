// One connection to the target: a raw socket and a parser of its own, one request at a time. It reads strictly: what is
// not the answer to the request on its way is no answer, and a connection on which anything went wrong is not used again.
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import type { FailureKind } from '../../record/events.js';
import type { LoadTarget } from '../engine.js';
import { kindOfError } from '../kinds.js';
import { BODY_LIMIT_BYTES } from '../right-answer.js';

/** What http-parser-js hands over when the headers are complete. */
interface Head {
  readonly statusCode: number;
  readonly shouldKeepAlive: boolean;
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[];
}

interface Parser {
  /** Of the bytes at hand: how far it has read, and how far they go. */
  readonly offset: number;
  readonly end: number;
  readonly chunk: Buffer | null;
  execute(chunk: Buffer): number | Error;
  /** The end of the stream; completes a body that lasts until then. */
  finish(): unknown;
  [callback: string]: unknown;
}

const { HTTPParser } = createRequire(import.meta.url)('http-parser-js') as {
  HTTPParser: (new (type: string) => Parser) &
    Readonly<Record<'RESPONSE' | 'kOnHeadersComplete' | 'kOnBody' | 'kOnMessageComplete', string>>;
};

/** So long the other side may take to close a connection of which it said, or was told, that it ends after the answer. */
const LINGER_MS = 1_000;
const LENGTH = 'content-length';
const CODING = 'transfer-encoding';

export interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  /** undefined: it was not asked to be kept. */
  readonly body?: string;
}

export type Ending = { readonly answer: Answer } | { readonly failure: FailureKind };

/** One request: what goes out, and how its answer is to be read. */
export interface Exchange {
  readonly bytes: Buffer;
  /** True when the answer has no body, whatever its headers say (HEAD). */
  readonly bodiless: boolean;
  readonly keepBody: boolean;
  ended(ending: Ending): void;
}

interface Reading {
  readonly exchange: Exchange;
  head: Head | undefined;
  readonly body: Buffer[];
  /** Bytes of the body that may still be kept. */
  room: number;
  complete: boolean;
  /** More came than its answer: no request can be sent after it. */
  crowded: boolean;
  /** What was read that cannot be part of a right answer. */
  wrong: boolean;
}

const NOTHING_READ = { head: undefined, room: BODY_LIMIT_BYTES, complete: false, crowded: false, wrong: false };

export class Connection {
  readonly #socket: Socket;
  readonly #parser: Parser = new HTTPParser(HTTPParser.RESPONSE);
  /** Told once, when it can carry no request any more. */
  readonly #gone: (connection: Connection) => void;
  #reading: Reading | undefined;
  #isGone = false;

  constructor({ host, port }: LoadTarget, gone: (connection: Connection) => void) {
    this.#gone = gone;
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('end', () => this.#finish());
    this.#socket.on('error', (error) => this.#fail(kindOfError(error)));
    this.#socket.on('close', () => this.#fail('eof'));
    this.#parser[HTTPParser.kOnHeadersComplete] = (head: Head) => this.#headersComplete(head);
    this.#parser[HTTPParser.kOnBody] = (chunk: Buffer, start: number, length: number) => {
      if (this.#reading?.exchange.keepBody) keep(this.#reading, chunk.subarray(start, start + length));
    };
    this.#parser[HTTPParser.kOnMessageComplete] = () => this.#messageComplete();
  }

  /** False once it has ended, or the other side has said that it will not be used again. */
  get isUsable(): boolean {
    return !this.#isGone && this.#socket.writable;
  }

  /** Sends a request; it may still be connecting. `exchange.ended` is called exactly once, unless it is dropped before. */
  send(exchange: Exchange): void {
    this.#reading = { exchange, ...NOTHING_READ, body: [] };
    this.#socket.write(exchange.bytes);
  }

  /** Leaves it, and with it the request on its way, of which nothing more will be told. */
  drop(): void {
    this.#reading = undefined;
    this.#leave();
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const reading = this.#reading;
    // Bytes that nobody asked for: they must not become the answer to the next request.
    if (!reading) return this.drop();
    const read = this.#parser.execute(chunk);
    if (reading.complete && !reading.wrong) this.#succeed(reading);
    else if (reading.wrong || read instanceof Error) this.#fail('bad-response');
  }

  /** Returns 1 when no body follows. */
  #headersComplete(head: Head): number {
    const reading = this.#reading;
    if (!reading || reading.complete) return 1; // Of what follows the answer: `messageComplete` has seen that it is there.
    if (head.statusCode < 200) {
      // An interim answer is not the answer (RFC 9110, 15.2); to change the protocol is for those who asked for it.
      if (head.statusCode === 101) reading.wrong = true;
      return 1;
    }
    reading.head = head;
    if (!isFramed(head.headers)) reading.wrong = true;
    // 204 and 304 have no body, even if a header tells the length of one (RFC 9110, 8.6).
    const bodiless = reading.exchange.bodiless || head.statusCode === 204 || head.statusCode === 304;
    return bodiless || reading.wrong ? 1 : 0;
  }

  #messageComplete(): void {
    const reading = this.#reading;
    if (!reading?.head || reading.complete) return;
    reading.complete = true;
    const { chunk, offset, end } = this.#parser;
    if (!chunk || offset >= end) return;
    // More than was asked for. Another answer (a server may say 408 before it closes an idle connection) is not for this
    // request, which has its own; anything else shows that the length of the body was told wrong.
    reading.crowded = true;
    reading.wrong = !isBeginningOfAnswer(chunk.subarray(offset, end));
  }

  /** The other side has ended; a body that lasts until then is complete. */
  #finish(): void {
    const reading = this.#reading;
    if (reading?.head) this.#parser.finish();
    if (reading?.complete) this.#succeed(reading);
    this.#fail('eof');
  }

  #succeed({ exchange, head, body, crowded }: Reading): void {
    this.#reading = undefined;
    if (crowded) {
      this.drop();
    } else if (!head?.shouldKeepAlive) {
      this.#leave();
      // It is the other side's to close first: who does keeps the port for a minute (TIME_WAIT, RFC 9293, 3.6.1).
      this.#socket.setTimeout(LINGER_MS, () => this.#socket.destroy());
    }
    const answer = { status: head?.statusCode ?? 0, headers: head?.headers ?? [] };
    exchange.ended({ answer: exchange.keepBody ? { ...answer, body: Buffer.concat(body).toString() } : answer });
  }

  #fail(failure: FailureKind): void {
    const exchange = this.#reading?.exchange;
    this.drop();
    exchange?.ended({ failure });
  }

  #leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#gone(this);
  }
}

function keep(reading: Reading, bytes: Buffer): void {
  if (reading.room <= 0) return;
  reading.body.push(bytes.subarray(0, reading.room));
  reading.room -= bytes.length;
}

function isBeginningOfAnswer(bytes: Buffer): boolean {
  const begin = 'HTTP/1.';
  return begin.startsWith(bytes.toString('latin1', 0, begin.length));
}

/** The parser trusts what these two say; a length that is no number, or another coding, would mislead it. */
function isFramed(headers: readonly string[]): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    // Most names differ by their length: only then are they brought to lower case.
    if (name.length === LENGTH.length && name.toLowerCase() === LENGTH && !/^\d+$/.test(value)) return false;
    if (name.length === CODING.length && name.toLowerCase() === CODING && value.toLowerCase() !== 'chunked')
      return false;
  }
  return true;
}
