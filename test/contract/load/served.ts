// Starts the counting server and knows what it served; and starts it again on the same port.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { monotonicMs } from '../../../harness/core/clock.js';

export class CountingServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'remuster-served-'));
  #process: ChildProcess | undefined;
  port = 0;
  /** When it last said that it listens. */
  listeningMs = 0;

  get target(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  /** Answers that it completed, over all its lives. */
  get completed(): number {
    return this.#logged('.');
  }

  /** Answers of which it sent the first half, and will never send more. */
  get halves(): number {
    return this.#logged('h');
  }

  #logged(letter: string): number {
    return readFileSync(join(this.#folder, 'log'), 'utf8').split(letter).length - 1;
  }

  async start(): Promise<this> {
    const file = fileURLToPath(new URL('./counting-server.ts', import.meta.url));
    const log = join(this.#folder, 'log');
    const child = spawn(process.execPath, ['--import', 'tsx', file, String(this.port), log], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process = child;
    const ended = once(child, 'exit').then(() => {
      throw new Error('the server ended before it listened');
    });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    ended.catch(() => undefined);
    this.listeningMs = monotonicMs();
    this.port = Number(line.split(' ')[1]);
    return this;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(name);
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
