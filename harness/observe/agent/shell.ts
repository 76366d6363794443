// One shell of the agent as a request/answer channel: orders go out numbered, answers come back framed.
import { monotonicMs } from '../../core/clock.js';
import { HarnessError } from '../../core/errors.js';
import type { AttachedExec, Container } from '../../tier/runtime/runtime.js';
import { AGENT_SCRIPT } from './script.js';

const ANSWER_DEADLINE_MS = 2_000;

interface Pending {
  readonly number: string;
  readonly lines: string[];
  readonly resolve: (lines: readonly string[]) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class AgentShell {
  readonly #exec: AttachedExec;
  readonly #pending: Pending[] = [];
  readonly #node: string;
  #next = 1;
  #ended = false;

  private constructor(exec: AttachedExec, node: string) {
    this.#exec = exec;
    this.#node = node;
    exec.onLine((line) => this.#take(line));
    exec.onEnd(() => {
      this.#ended = true;
      for (const { reject, timer } of this.#pending.splice(0)) {
        clearTimeout(timer);
        reject(new HarnessError('internal', `the agent in ${node} ended`));
      }
    });
  }

  static async open(container: Container, node: string): Promise<AgentShell> {
    return new AgentShell(await container.attachExec(['sh', '-c', AGENT_SCRIPT]), node);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Rejects when the shell ended or did not answer in time. `tookMs` hears how long it took. */
  ask(order: string, tookMs?: (ms: number) => void): Promise<readonly string[]> {
    if (this.#ended) return Promise.reject(new HarnessError('internal', `the agent in ${this.#node} has ended`));
    const number = String(this.#next++);
    const sentMs = monotonicMs();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new HarnessError('timed-out', `the agent in ${this.#node} did not answer within ${ANSWER_DEADLINE_MS} ms`),
        );
      }, ANSWER_DEADLINE_MS);
      this.#pending.push({
        number,
        lines: [],
        timer,
        reject,
        resolve: (lines) => {
          tookMs?.(monotonicMs() - sentMs);
          resolve(lines);
        },
      });
      this.#exec.write(`${number} ${order}\n`);
    });
  }

  #take(line: string): void {
    const [first] = this.#pending;
    if (!first) return;
    if (line !== `=END ${first.number}`) return void first.lines.push(line);
    this.#pending.shift();
    clearTimeout(first.timer);
    first.resolve(first.lines);
  }

  end(): void {
    this.#ended = true;
    this.#exec.end();
  }
}
