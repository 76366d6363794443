// The cleanup stack of a run: what was set up is taken down in reverse, each step with its own deadline, whatever
// happened in between. Cleanup never shares the run's abort signal or deadline.
import { sleep } from './clock.js';
import { messageOf } from './errors.js';

interface Step {
  readonly what: string;
  readonly undo: () => Promise<void> | void;
}

export class CleanupScope implements AsyncDisposable {
  readonly #steps: Step[] = [];
  readonly #failures: string[] = [];
  readonly #stepDeadlineMs: number;

  constructor(stepDeadlineMs = 20_000) {
    this.#stepDeadlineMs = stepDeadlineMs;
  }

  /** Registers an undo; call it before the thing that it undoes can half succeed. */
  defer(what: string, undo: Step['undo']): void {
    this.#steps.push({ what, undo });
  }

  /** Runs all undos, last first. Returns what could not be undone, in words. */
  async close(): Promise<readonly string[]> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const timer = new AbortController();
      try {
        await Promise.race([
          step.undo(),
          sleep(this.#stepDeadlineMs, timer.signal).then(() => {
            throw new Error(`not done after ${String(this.#stepDeadlineMs)} ms`);
          }),
        ]);
      } catch (error) {
        this.#failures.push(`${step.what}: ${messageOf(error)}`);
      } finally {
        timer.abort();
      }
    }
    return this.#failures;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
