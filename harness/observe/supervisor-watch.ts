// The watch on a node's supervisor, over all lives of the node: a supervisor goes with its container and comes back with
// it, and so does the command that watches it. One that lives outside the node watches through both by itself.
import { monotonicMs, sleep } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { ObservedEvent, Observe } from '../record/events.js';
import type { Node } from '../tier/plugins.js';
import type { ContainerChange } from '../tier/runtime/runtime.js';

/** A node that has just started takes no command for a moment, and systemd's journal comes some time after systemd. */
const AGAIN_AFTER_MS = 100;
const AGAIN_AT_THE_LATEST_MS = 2_000;

export interface SupervisorWatch {
  lives(change: ContainerChange): void;
  stop(): Promise<void>;
}

export async function startSupervisorWatch(
  node: Node,
  observe: Observe,
  /** Resolves when a node that was started again may be entered. */
  mayEnter: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<SupervisorWatch> {
  if (node.supervisor.isOutside === true) {
    const stop = await node.supervisor.watch(node, observe, signal);
    return { lives: () => undefined, stop };
  }
  const watch = new InnerWatch(node, observe, mayEnter, signal);
  await watch.begin();
  return watch;
}

class InnerWatch implements SupervisorWatch {
  readonly #node: Node;
  readonly #observe: Observe;
  readonly #mayEnter: () => Promise<unknown>;
  readonly #signal: AbortSignal;
  /** Counts watches: what an earlier one still says is not of now. */
  #turn = 0;
  #isBlind = false;
  /** Attempts since the supervisor was heard last. */
  #attempts = 0;
  #isStopped = false;
  #stopCurrent: () => Promise<void> = () => Promise.resolve();

  constructor(node: Node, observe: Observe, mayEnter: () => Promise<unknown>, signal: AbortSignal) {
    this.#node = node;
    this.#observe = observe;
    this.#mayEnter = mayEnter;
    this.#signal = signal;
  }

  async begin(): Promise<void> {
    const turn = (this.#turn += 1);
    const stop = await this.#node.supervisor.watch(this.#node, (event) => this.#hear(turn, event), this.#signal);
    if (turn === this.#turn && !this.#isStopped) this.#stopCurrent = stop;
    else await stop();
  }

  lives(change: ContainerChange): void {
    if (change.kind === 'out-of-memory') return;
    const turn = (this.#turn += 1);
    void this.#stopCurrent();
    this.#stopCurrent = () => Promise.resolve();
    if (change.kind === 'started') {
      this.#blind('the node was started; its supervisor has not been heard yet');
      void this.#mayEnter().then(() => this.#beginAgain(turn));
      return;
    }
    this.#observe({
      kind: 'supervisor',
      atMs: change.atMs,
      node: this.#node.name,
      state: 'unreachable',
      word: 'the node is down',
      trackedPid: null,
      raw: `the container ended (exit ${change.exitCode}), and its supervisor with it`,
    });
    this.#seesAgain('the engine says that the node is down');
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#turn += 1;
    await this.#stopCurrent();
  }

  /** Until it works, or something else has happened meanwhile. */
  async #beginAgain(since: number): Promise<void> {
    let turn = since;
    while (turn === this.#turn && !this.#isStopped && !this.#signal.aborted) {
      try {
        return await this.begin();
      } catch (error) {
        // The attempt took a turn of its own; anybody else's is news.
        turn += 1;
        if (turn === this.#turn) this.#blind(messageOf(error));
        await this.#pause();
      }
    }
  }

  /** Commands that end at once are dear: the longer it does not work, the rarer they are. */
  #pause(): Promise<void> {
    this.#attempts += 1;
    return sleep(Math.min(AGAIN_AFTER_MS * 1.5 ** (this.#attempts - 1), AGAIN_AT_THE_LATEST_MS));
  }

  #hear(turn: number, event: ObservedEvent): void {
    if (turn !== this.#turn) return;
    if (event.kind === 'blind' && event.state === 'lost') {
      this.#blind(event.evidence);
      void this.#stopCurrent();
      this.#stopCurrent = () => Promise.resolve();
      void this.#pause().then(() => this.#beginAgain(turn));
      return;
    }
    this.#observe(event.atMs === undefined ? { ...event, atMs: monotonicMs() } : event);
    if (event.kind === 'supervisor') this.#seesAgain('the supervisor is heard again');
  }

  /** Losing sight is told once, with the reason it began with. */
  #blind(evidence: string): void {
    if (this.#isBlind) return;
    this.#isBlind = true;
    const common = { kind: 'blind', who: 'supervisor-watch', node: this.#node.name } as const;
    this.#observe({ ...common, state: 'lost', evidence });
  }

  #seesAgain(evidence: string): void {
    this.#attempts = 0;
    if (!this.#isBlind) return;
    this.#isBlind = false;
    const common = { kind: 'blind', who: 'supervisor-watch', node: this.#node.name } as const;
    this.#observe({ ...common, state: 'regained', evidence });
  }
}
