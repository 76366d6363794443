// Long-lived streams of a container, read line by line: a command that is talked to (the node agent), and the
// container's own output (the balancer's log). Part of the docker runtime.
import { Duplex } from 'node:stream';
import type Dockerode from 'dockerode';
import { createExec } from './exec.js';
import { Demultiplexer, LineSplitter } from './frames.js';
import type { AttachedExec } from './runtime.js';

/** Starts a command with its standard input open. Lines that come before there is a listener are kept for it. */
export async function attachExec(
  container: Dockerode.Container,
  name: string,
  argv: readonly string[],
): Promise<AttachedExec> {
  const exec = await createExec(container, name, argv, { stdin: true, stderr: false });
  const stream = await exec.start({ hijack: true, stdin: true });
  const lines = new Mailbox<string>();
  const end = new Mailbox<undefined>();
  readLines(
    stream,
    (line) => lines.put(line),
    () => end.put(undefined),
  );
  return {
    onLine: (listener) => lines.open(listener),
    onEnd: (listener) => end.open(listener),
    write: (text) => {
      if (stream.writable) stream.write(text);
    },
    end: () => {
      stream.end();
    },
  };
}

/** Lines of the container's standard output from now on. Returns what stops it; `onEnd` is not called for a stop. */
export async function attachOutput(
  container: Dockerode.Container,
  onLine: (line: string) => void,
  onEnd: () => void,
): Promise<() => void> {
  const stream = await container.attach({
    stream: true,
    stdout: true,
    stderr: false,
    hijack: true,
  });
  let stopped = false;
  readLines(
    stream,
    (line) => !stopped && onLine(line),
    () => !stopped && onEnd(),
  );
  return () => {
    stopped = true;
    if (stream instanceof Duplex) stream.destroy();
    else stream.end();
  };
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void, onEnd: () => void): void {
  const splitter = new LineSplitter(onLine);
  const frames = new Demultiplexer(
    (chunk) => splitter.push(chunk),
    () => undefined,
  );
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    splitter.end();
    onEnd();
  };
  stream.on('data', (chunk: Buffer) => frames.push(chunk));
  stream.once('end', end);
  stream.once('close', end);
  stream.on('error', end); // A reset connection is an end like any other; the reader says what it missed.
}

/** Keeps what comes until somebody listens. */
class Mailbox<T> {
  readonly #kept: T[] = [];
  #listener: ((value: T) => void) | undefined;

  put(value: T): void {
    if (this.#listener) this.#listener(value);
    else this.#kept.push(value);
  }

  open(listener: (value: T) => void): void {
    this.#listener = listener;
    for (const value of this.#kept.splice(0)) listener(value);
  }
}
