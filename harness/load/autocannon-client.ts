// The parts of autocannon 9.0.0's client that the guard depends on (lib/httpClient.js, lib/requestIterator.js). They are
// internals: the version is pinned exactly, and test/contract/autocannon-internals.test.ts says what to look at again.
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** What http-parser-js hands over when the headers of an answer are complete. */
export interface ResponseHead {
  readonly statusCode: number;
  readonly shouldKeepAlive: boolean;
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[];
}

export interface AutocannonParser {
  execute(chunk: Buffer): unknown;
  /** The end of the stream; completes a body that lasts until then. */
  finish(): unknown;
  reinitialize(type: string): void;
  [callback: string | symbol | number]: unknown;
}

export interface AutocannonClient extends EventEmitter {
  conn?: Socket;
  parser: AutocannonParser;
  reqsMade: number;
  readonly pipelinedRequests: { clear(): void };
  readonly requestIterator: {
    currentRequestIndex: number;
    currentRequest: unknown;
    readonly requests: readonly { headers?: Readonly<Record<string, string>> }[];
    /** Makes the bytes of the current request anew. */
    rebuildRequest(): unknown;
  };
  /** Opens a connection and asks for a request; called at construction and on each `error` and `end` of the socket. */
  _connect: () => void;
  /** Sends the next request; called after each connect, and by autocannon's own reading of an answer, which the guard replaces. */
  _doRequest: () => void;
}
