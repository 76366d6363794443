// The engine's multiplexed streams: frames of standard output and error taken apart, and bytes put together to lines.
// exec.ts and attach.ts read through it; a busy balancer sends thousands of lines a second here.
import { StringDecoder } from 'node:string_decoder';

const HEADER_BYTES = 8;
const STDERR = 2;

/** Engine API, "Stream format": one byte of stream type, three of zero, four of length, then the payload. */
export class Demultiplexer {
  readonly #out: (chunk: Buffer) => void;
  readonly #err: (chunk: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  #missing = 0;
  #toErr = false;

  constructor(out: (chunk: Buffer) => void, err: (chunk: Buffer) => void) {
    this.#out = out;
    this.#err = err;
  }

  push(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (this.#missing === 0) {
        if (data.length < HEADER_BYTES) break;
        this.#toErr = data.readUInt8(0) === STDERR;
        this.#missing = data.readUInt32BE(4);
        data = data.subarray(HEADER_BYTES);
        if (this.#missing === 0) continue;
      }
      if (data.length === 0) break;
      const payload = data.subarray(0, this.#missing);
      this.#missing -= payload.length;
      data = data.subarray(payload.length);
      (this.#toErr ? this.#err : this.#out)(payload);
    }
    this.#rest = data;
  }
}

/** Lines of UTF-8 text from chunks that are cut anywhere, also in the middle of a character. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  /** The last line, when it has no end of line. */
  end(): void {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (last !== '') this.#onLine(last);
  }
}
