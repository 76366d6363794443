// The eyes in a node: scans it ten times a second (forty around a fault or any change), over all lives of the node, for each
// of its posts (post-eyes.ts); and delivers signals.
import { monotonicMs, waitFor } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { ProcessKey } from '../../core/identity.js';
import type { Observe } from '../../record/events.js';
import type { Node } from '../../tier/plugins.js';
import type { ContainerChange } from '../../tier/runtime/runtime.js';
import { LatenessBook } from '../lateness.js';
import { Agent } from './agent.js';
import { PostEyes } from './post-eyes.js';
import { Residents } from './residents.js';
import { spendPids } from './spend-pids.js';

const SCAN_EVERY_MS = 100;
const CLOSE_SCAN_EVERY_MS = 25;
/** After any change the next ones are near. */
const CLOSE_AFTER_CHANGE_MS = 3_000;
/** A look is repeated at once when processes ended in the middle of it. */
const LOOKS = 4;
const RETRY_EVERY_MS = 1_000;
/** A node that has just started takes no command for a moment. */
const STARTING_MS = 10_000;
const RETRY_STARTING_EVERY_MS = 50;
const ENDS_NOBODY: readonly string[] = ['STOP', 'CONT'];
/** The engine tells the end of a container so long after it, at most. */
const END_TOLD_WITHIN_MS = 2_000;

export interface Eyes {
  /**
   * True when that very process was alive and the kernel took the signal; or when the whole node has ended before the agent
   * could say so.
   */
  signal(key: ProcessKey, signal: string): Promise<boolean>;
  /** Looks closely for so long. */
  focus(ms: number): void;
  /** The pid that the supervisor of a post tracks, as it last said. */
  tracked(post: string, pid: number | null): void;
  /** Resolves when a node that was started again may be entered. */
  mayEnter(): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * `posts`: the node and its further services, which share its container. `serviceUid`: the uid that the service runs as in
 * the node; 0 tells nothing.
 */
export async function startEyes(
  posts: readonly [Node, ...Node[]],
  serviceUid: number,
  runKey: string,
  observe: Observe,
): Promise<Eyes> {
  const [node] = posts;
  const residents = new Residents();
  const eyes = posts.map((post) => new PostEyes(post, serviceUid, runKey, residents, observe));
  const watch = new NodeWatch(node, eyes, residents, observe);
  const unfollow = await node.container.follow((change) => watch.lives(change));
  await watch.attach().catch((error: unknown) => {
    unfollow();
    throw error;
  });
  const running = watch.loop();
  return {
    signal: (key, signal) => watch.signal(key, signal),
    focus: (ms) => watch.focus(ms),
    tracked: (post, pid) => watch.tracked(post, pid),
    mayEnter: () => watch.mayEnter,
    async stop() {
      unfollow();
      watch.stop();
      await running;
    },
  };
}

class NodeWatch {
  #agent: Agent | undefined;
  #attaching: Promise<Agent> | undefined;
  readonly #posts: readonly PostEyes[];
  readonly #residents: Residents;
  readonly #lateness = new LatenessBook();
  #focusUntilMs = 0;
  /** Counts the lives of the node's container: what was seen in one says nothing of the next. */
  #life = 0;
  #isDown = false;
  #startedMs = -Infinity;
  #highestPid = 0;
  mayEnter: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(
    readonly node: Node,
    posts: readonly PostEyes[],
    residents: Residents,
    readonly observe: Observe,
  ) {
    this.#posts = posts;
    this.#residents = residents;
  }

  /** The agent that answers, or a new one in the place of one that ended. */
  async attach(): Promise<Agent> {
    if (this.#agent && !this.#agent.ended) return this.#agent;
    // It may have ended between two looks, when nobody waited for an answer of its.
    if (this.#agent && this.#posts.every((post) => !post.isBlind))
      this.#sight(`the agent in ${this.node.name} has ended`);
    this.#agent?.end();
    this.#attaching ??= Agent.open(this.node.container, this.node.name).finally(() => (this.#attaching = undefined));
    return (this.#agent = await this.#attaching);
  }

  async signal(key: ProcessKey, signal: string): Promise<boolean> {
    const agent = await this.attach();
    const life = this.#life;
    const sentMs = monotonicMs();
    try {
      const taken = await agent.signal(key, signal);
      this.#lateness.add(monotonicMs() - sentMs);
      return taken;
    } catch (error) {
      // Where the container ends with the process, the agent may be gone before it has answered.
      if (ENDS_NOBODY.includes(signal) || !(await this.#hasEndedSince(life))) throw error;
      return true;
    } finally {
      this.focus(CLOSE_AFTER_CHANGE_MS);
      if (this.#stopped) agent.end();
    }
  }

  #hasEndedSince(life: number): Promise<boolean> {
    return waitFor(
      () =>
        this.#life === life && !this.#stopped
          ? { done: false, evidence: 'it is up' }
          : { done: true, value: this.#life !== life },
      { what: `the end of ${this.node.name}`, deadlineMs: END_TOLD_WITHIN_MS, everyMs: 10 },
    ).catch(() => false);
  }

  focus(ms: number): void {
    this.#focusUntilMs = Math.max(this.#focusUntilMs, monotonicMs() + ms);
    this.#wake();
  }

  tracked(name: string, pid: number | null): void {
    const post = this.#posts.find(({ node }) => node.name === name);
    if (post?.tracked(pid)) this.focus(CLOSE_AFTER_CHANGE_MS);
  }

  /**
   * The node's container ended or was started. Where it has ended nobody needs to look. A pid of the next life means
   * somebody else.
   */
  lives(change: ContainerChange): void {
    if (change.kind === 'out-of-memory') return;
    this.#isDown = change.kind === 'ended';
    if (this.#isDown) {
      this.#life += 1;
      this.#agent?.end();
      for (const post of this.#posts) post.wentDown(change.atMs);
      this.#sight(undefined, 'the engine says that the node is down: nobody lives there');
    } else {
      this.#startedMs = change.atMs;
      this.mayEnter = spendPids(this.node.container, this.#highestPid);
      this.#sight('the node was started; the agent is not in it yet');
    }
    this.focus(CLOSE_AFTER_CHANGE_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  /** A method, because it changes while the loop waits. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  async loop(): Promise<void> {
    let dueMs = monotonicMs();
    while (!this.#isStopped()) {
      const life = this.#life;
      try {
        if (this.#isDown) throw new Error('the node is down');
        await this.mayEnter;
        const seenMs = await this.#look(await this.attach());
        this.#lateness.add(seenMs - dueMs);
      } catch (error) {
        if (!this.#isStopped() && !this.#isDown && life === this.#life) this.#sight(messageOf(error));
        await this.#pause(this.#retryMs());
        dueMs = monotonicMs();
        continue;
      }
      // Paced from when a look should have begun, so that one that is late shows; after a jam the pace starts anew.
      const now = monotonicMs();
      const everyMs = now < this.#focusUntilMs ? CLOSE_SCAN_EVERY_MS : SCAN_EVERY_MS;
      dueMs = Math.max(dueMs + everyMs, now);
      await this.#pause(dueMs - now);
      dueMs = Math.min(dueMs, monotonicMs());
    }
    this.#agent?.end();
    this.observe({ kind: 'lateness', who: 'agent', ...this.#lateness.result() });
  }

  #retryMs(): number {
    return monotonicMs() - this.#startedMs < STARTING_MS ? RETRY_STARTING_EVERY_MS : RETRY_EVERY_MS;
  }

  #sight(blindness: string | undefined, seen?: string): void {
    for (const post of this.#posts) post.sight(blindness, seen);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped) this.#wake();
    });
  }

  /** Resolves with the time of the scan. One scan is for all posts, so that they speak of the same moment. */
  async #look(agent: Agent): Promise<number> {
    const { pidFile } = this.node.service;
    const life = this.#life;
    for (let left = LOOKS; ; left -= 1) {
      const scan = await agent.scan(pidFile);
      const atMs = monotonicMs();
      await this.#residents.update(agent, scan.processes, atMs);
      let isCurrent = true;
      for (const post of this.#posts)
        isCurrent = (await post.lookAtOwners(agent, scan, atMs, atMs < this.#focusUntilMs)) && isCurrent;
      if (life !== this.#life) throw new Error('the node has ended meanwhile');
      if (!isCurrent && left > 1) continue;
      for (const post of this.#posts) {
        if (post.write(scan, atMs)) this.#focusUntilMs = Math.max(this.#focusUntilMs, atMs + CLOSE_AFTER_CHANGE_MS);
        this.#highestPid = Math.max(this.#highestPid, post.highestPid);
      }
      for (const post of this.#posts) {
        await post.describe(agent, scan, atMs);
        if (life === this.#life) post.sight(post.ownersBlindness);
      }
      return atMs;
    }
  }
}
