// Processes of our own: a compiled module run by this Node, fed one JSON line, answering in JSON lines. It must end when
// its standard input closes, so nothing of ours outlives the program, however that ends.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { monotonicMs } from './clock.js';
import { makePunctual } from './priority.js';

export interface OwnChild {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Resolves with the reason when the process has ended. */
  readonly ended: Promise<string>;
  /** Closes its input; kills it when it has not ended within `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const KEPT_STDERR = 4_000;
/**
 * V8 lets its young generation grow to three times 16 MB before it looks for what is old: beside hours of small objects
 * (a connection for each request of an outage) that looks like a leak.
 */
const YOUNG_SPACE = '--max-semi-space-size=8';

/** `module`: URL of the compiled file. From sources (tests, tsx) the compiled twin in dist/ is taken. */
export function startChild(module: URL): OwnChild {
  const path = fileURLToPath(module).replace(/^(.*)\/(?!dist\/)harness\/(.*)\.ts$/, '$1/dist/harness/$2.js');
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(process.execPath, [YOUNG_SPACE, path], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) makePunctual(child.pid);
  const lines = createInterface({ input: child.stdout });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-KEPT_STDERR)));
  child.stdin.on('error', () => undefined); // It ended first; `ended` says why.
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(`ended with ${signal ?? String(code)}${reasonIn(stderr)}`));
  });
  return {
    send: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    onMessage: (listener) =>
      void lines.on('line', (line) => {
        const message = parsed(line);
        if (message !== undefined) listener(message);
      }),
    ended,
    async close(graceMs) {
      child.stdin.end();
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(killer);
    },
  };
}

/** undefined: a process that was killed while it wrote leaves half a line. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/** The line that names an error, without the stack below it. */
function reasonIn(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const reason = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '';
  return reason === '' ? '' : `: ${reason}`;
}

/** The child's half: hands each JSON line of standard input over, and ends the process when the input closes. */
export function serveParent(onMessage: (message: unknown) => void, onClose: () => void): (message: unknown) => void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => onMessage(JSON.parse(line) as unknown));
  lines.on('close', onClose);
  // Ctrl-C in a terminal goes to the whole group; the parent decides when its children end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  return (message) => void process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Calls back at each due time, on an absolute schedule; `lateMs` says by how much the call was late. */
export function everyMs(intervalMs: () => number, call: (lateMs: number) => void): { stop(): void; hurry(): void } {
  let dueMs = monotonicMs();
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    timer = setTimeout(
      () => {
        const now = monotonicMs();
        call(Math.max(0, now - dueMs));
        // A schedule that fell behind goes on from now: probes are not made up for.
        dueMs = Math.max(dueMs + intervalMs(), now);
        arm();
      },
      Math.max(0, Math.ceil(dueMs - monotonicMs())),
    );
  };
  arm();
  return {
    stop: () => clearTimeout(timer),
    hurry() {
      clearTimeout(timer);
      dueMs = Math.min(dueMs, monotonicMs() + intervalMs());
      arm();
    },
  };
}
