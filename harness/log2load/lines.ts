// A log as lines, a piece of the file at a time: plain or gzip, a file or standard input. What is no text is told as such.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { HarnessError, messageOf } from '../core/errors.js';

/** What is longer is cut: a file without line ends must not be read as one line. */
const LONGEST_LINE = 65_536;

/** First bytes of files that are packed in ways that cannot be read here. */
const PACKED: readonly (readonly [name: string, unpack: string, bytes: readonly number[]])[] = [
  ['zstd', 'zstd -dc', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', 'xz -dc', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', 'bzip2 -dc', [0x42, 0x5a, 0x68]],
  ['zip', 'unzip -p', [0x50, 0x4b, 0x03, 0x04]],
];

export function openLog(path: string): Readable {
  return createReadStream(path, { highWaterMark: 65_536 });
}

/** Yields the lines of each piece together; `name` is for errors. */
export async function* linesOf(source: Readable, name: string, signal: AbortSignal): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isCut = false;
  for await (const bytes of unpacked(source, name, signal)) {
    if (bytes.includes(0)) throw notText(name);
    const parts = (rest + decoder.write(bytes)).split('\n');
    rest = parts.pop() ?? '';
    // The first of them ends the line whose beginning was taken already.
    const lines = isCut && parts.length > 0 ? parts.slice(1) : parts;
    if (parts.length > 0) isCut = false;
    if (rest.length > LONGEST_LINE) {
      if (!isCut) lines.push(rest.slice(0, LONGEST_LINE));
      isCut = true;
      rest = '';
    }
    yield lines.map(withoutReturn);
  }
  rest += decoder.end();
  if (rest !== '' && !isCut) yield [withoutReturn(rest)];
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

async function* unpacked(source: Readable, name: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    const first = await pieces.next();
    if (first.done) return;
    const start = first.value[0] === 0xef && first.value[1] === 0xbb ? first.value.subarray(3) : first.value;
    const whole = (async function* () {
      yield start;
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
        signal.throwIfAborted();
        yield next.value;
      }
    })();
    const packed = PACKED.find(([, , bytes]) => bytes.every((byte, index) => start[index] === byte));
    if (packed) {
      throw new HarnessError('invalid', `${name}  is packed with ${packed[0]}; only gzip is unpacked here`, {
        hint: `${packed[1]} ${name} | remuster log2load -`,
      });
    }
    const isGzip = start[0] === 0x1f && start[1] === 0x8b;
    if (isGzip) yield* gunzipped(whole);
    else yield* whole;
  } catch (error) {
    throw error instanceof HarnessError || signal.aborted ? error : readTrouble(name, error);
  } finally {
    source.destroy();
  }
}

async function* gunzipped(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const packed = Readable.from(pieces, { objectMode: true, highWaterMark: 1 });
  const gunzip = createGunzip();
  packed.on('error', (error) => gunzip.destroy(error));
  yield* packed.pipe(gunzip) as AsyncIterable<Buffer>;
}

function notText(name: string): HarnessError {
  return new HarnessError('invalid', `${name}  is not text: it has zero bytes (a binary file, or UTF-16)`, {
    hint: 'log2load reads access logs: text, one request a line, plain or gzip',
  });
}

function readTrouble(name: string, error: unknown): HarnessError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new HarnessError('invalid', `${name}  there is no such file`);
  if (code === 'EISDIR') return new HarnessError('invalid', `${name}  is a folder; name one of its files`);
  if (code?.startsWith('Z_') === true)
    return new HarnessError('invalid', `${name}  cannot be unpacked: ${messageOf(error)}`, { cause: error });
  return new HarnessError('invalid', `${name}  cannot be read: ${messageOf(error)}`, { cause: error });
}
