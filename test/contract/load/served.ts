// Starts the counting server and knows what it served, and when; and starts it again on the same port.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { monotonicMs } from '../../../harness/core/clock.js';

/** What the server notes, and its letter in the log. */
const LETTERS = { received: 'q', completed: 'a', cut: 'c', half: 'h', upload: 'u', listening: 'l' } as const;
const ORDER_DEADLINE_MS = 20_000;

export class CountingServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'remuster-served-'));
  #process: ChildProcessByStdio<Writable, Readable, null> | undefined;
  #said: Interface | undefined;
  #lives = 0;
  port = 0;
  /** When it last said that it listens. */
  listeningMs = 0;

  get target(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  /** Requests whose head it has read, over all its lives. */
  get received(): number {
    return this.times('received').length;
  }

  /** Answers that it completed, over all its lives. */
  get completed(): number {
    return this.times('completed').length;
  }

  /** Answers of which it sent the first half, and will never send more. */
  get halves(): number {
    return this.times('half').length;
  }

  /** When it did so, monotonic ms, over all its lives. */
  times(what: keyof typeof LETTERS): readonly number[] {
    const text = readFileSync(join(this.#folder, 'log'), 'utf8');
    const found: number[] = [];
    for (const [, ms, letter] of text.matchAll(/^(\S+) (\w)$/gm)) if (letter === LETTERS[what]) found.push(Number(ms));
    return found;
  }

  async start(): Promise<this> {
    const file = fileURLToPath(new URL('./counting-server.ts', import.meta.url));
    const log = join(this.#folder, 'log');
    this.#lives += 1;
    const child = spawn(process.execPath, ['--import', 'tsx', file, String(this.port), log, String(this.#lives)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process = child;
    const ended = once(child, 'exit').then(() => {
      throw new Error('the server ended before it listened');
    });
    this.#said = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([once(this.#said, 'line'), ended])) as [string];
    ended.catch(() => undefined);
    this.listeningMs = monotonicMs();
    this.port = Number(line.split(' ')[1]);
    return this;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(name);
  }

  /** `fin`, `rst`: ends every connection so, when there is a request on one of them. `renew`: changes its generation. */
  async order(word: 'fin' | 'rst' | 'renew'): Promise<void> {
    if (!this.#process || !this.#said) throw new Error('it does not run');
    const done = once(this.#said, 'line', { signal: AbortSignal.timeout(ORDER_DEADLINE_MS) });
    this.#process.stdin.write(`${word}\n`);
    await done;
  }

  /** SIGKILL, and waits for its end; tells when the signal was sent. */
  async kill(): Promise<number> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return monotonicMs();
    const gone = once(child, 'exit');
    const sentMs = monotonicMs();
    child.kill('SIGKILL');
    await gone;
    return sentMs;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }
}
