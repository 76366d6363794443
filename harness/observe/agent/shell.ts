// One shell of the agent as a request/answer channel: orders go out numbered, answers come back framed. A shell that is
// late once is given up: whatever it answers later would be read as the present.
import { monotonicMs, sleep } from '../../core/clock.js';
import { HarnessError } from '../../core/errors.js';
import type { AttachedExec, Container } from '../../tier/runtime/runtime.js';
import { agentCommand } from './script.js';

const ANSWER_DEADLINE_MS = 2_000;
const OPEN_DEADLINE_MS = 10_000;

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
  readonly #endMark: string;
  /** The last line that belonged to no answer: what the engine says when it cannot run a shell. */
  #stray = '';
  #next = 1;
  #ended = false;

  private constructor(exec: AttachedExec, node: string, endMark: string) {
    this.#exec = exec;
    this.#node = node;
    this.#endMark = endMark;
    exec.onLine((line) => this.#take(line));
    exec.onEnd(() => this.#giveUp(() => new HarnessError('internal', `the agent in ${node} ended`, this.#lastWords())));
  }

  /** Resolves with the page size of the node's kernel, in bytes, once the shell has answered for the first time. */
  static async open(
    container: Container,
    node: string,
  ): Promise<{ readonly shell: AgentShell; readonly pageBytes: number }> {
    const { argv, endMark } = agentCommand();
    const late = new AbortController();
    const opening = container.attachExec(argv);
    let exec: AttachedExec | undefined;
    try {
      exec = await Promise.race([opening, sleep(OPEN_DEADLINE_MS, late.signal).then(() => undefined)]);
    } finally {
      late.abort();
    }
    if (!exec) {
      void opening.then(
        (tooLate) => tooLate.end(),
        () => undefined,
      );
      throw new HarnessError('timed-out', `the engine opened no shell in ${node} within ${OPEN_DEADLINE_MS} ms`);
    }
    const shell = new AgentShell(exec, node, endMark);
    try {
      const [kiB] = await shell.ask('hello', OPEN_DEADLINE_MS);
      return { shell, pageBytes: (Number(kiB) || 4) * 1024 };
    } catch (error) {
      shell.end();
      throw error;
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Rejects when the shell has ended or does not answer in time. */
  ask(order: string, deadlineMs = ANSWER_DEADLINE_MS): Promise<readonly string[]> {
    if (this.#ended) return Promise.reject(new HarnessError('internal', `the agent in ${this.#node} has ended`));
    const number = String(this.#next++);
    const sentMs = monotonicMs();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const waitedMs = Math.round(monotonicMs() - sentMs);
        this.#giveUp(
          () => new HarnessError('timed-out', `the agent in ${this.#node} did not answer within ${waitedMs} ms`),
        );
        this.#exec.end();
      }, deadlineMs);
      this.#pending.push({ number, lines: [], timer, resolve, reject });
      this.#exec.write(`${number} ${order}\n`);
    });
  }

  #take(line: string): void {
    const [first] = this.#pending;
    if (!first) return void (this.#stray = line);
    if (line !== `${this.#endMark} ${first.number}`) return void first.lines.push(line);
    this.#pending.shift();
    clearTimeout(first.timer);
    first.resolve(first.lines);
  }

  #giveUp(why: () => HarnessError): void {
    this.#ended = true;
    const error = why();
    for (const { reject, timer } of this.#pending.splice(0)) {
      clearTimeout(timer);
      reject(error);
    }
  }

  #lastWords(): { readonly evidence?: string } {
    const evidence = (this.#pending[0]?.lines.at(-1) ?? this.#stray).trim().slice(0, 200);
    return evidence === '' ? {} : { evidence };
  }

  end(): void {
    this.#ended = true;
    this.#exec.end();
  }
}
