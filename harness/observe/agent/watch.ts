// The eyes in a node: scans it ten times a second (forty around a fault or any change), and writes down who lives there
// whenever that changes, what each new master was started with, and once a second what the service uses.
import { monotonicMs } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { ProcessKey } from '../../core/identity.js';
import type { CensusProcess, Observe } from '../../record/events.js';
import type { Node } from '../../tier/plugins.js';
import type { ContainerChange } from '../../tier/runtime/runtime.js';
import { LatenessBook } from '../lateness.js';
import { Agent } from './agent.js';
import { mentions, NO_MEMORY, programNames, takeCensus, type Known } from './census.js';
import { Masters } from './masters.js';
import { Owners } from './owners.js';
import { isDead, Residents } from './residents.js';
import type { Scan, Scanned } from './scan.js';
import { maskCommand } from './secrets.js';
import { spendPids } from './spend-pids.js';
import { Usage } from './usage.js';

const SCAN_EVERY_MS = 100;
const CLOSE_SCAN_EVERY_MS = 25;
/** After any change the next ones are near. */
const CLOSE_AFTER_CHANGE_MS = 3_000;
/** A look is repeated at once when processes ended in the middle of it. */
const LOOKS = 4;
const SAMPLE_EVERY_MS = 1_000;
const RETRY_EVERY_MS = 1_000;
/** A node that has just started takes no command for a moment. */
const STARTING_MS = 10_000;
const RETRY_STARTING_EVERY_MS = 50;

export interface Eyes {
  /** True when that very process was alive and the kernel took the signal. */
  signal(key: ProcessKey, signal: string): Promise<boolean>;
  /** Looks closely for so long. */
  focus(ms: number): void;
  /** The pid that the supervisor tracks, as it last said. */
  tracked(pid: number | null): void;
  /** Resolves when a node that was started again may be entered. */
  mayEnter(): Promise<unknown>;
  stop(): Promise<void>;
}

/** `serviceUid`: the uid that the service runs as in the node; 0 tells nothing. */
export async function startEyes(node: Node, serviceUid: number, runKey: string, observe: Observe): Promise<Eyes> {
  const watch = new NodeWatch(node, serviceUid, runKey, observe);
  const unfollow = await node.container.follow((change) => watch.lives(change));
  await watch.attach().catch((error: unknown) => {
    unfollow();
    throw error;
  });
  const running = watch.loop();
  return {
    signal: (key, signal) => watch.signal(key, signal),
    focus: (ms) => watch.focus(ms),
    tracked: (pid) => watch.tracked(pid),
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
  readonly #residents = new Residents();
  #owners: Owners;
  readonly #usage: Usage;
  readonly #lateness = new LatenessBook();
  readonly #masters: Masters;
  readonly #programs: ReadonlySet<string>;
  #memory = NO_MEMORY;
  #census: readonly CensusProcess[] = [];
  #written = '';
  #sampleMs = 0;
  #focusUntilMs = 0;
  #trackedPid: number | null = null;
  /** Why nothing, or not enough, is seen; undefined while all is. */
  #blindness: string | undefined;
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
    readonly serviceUid: number,
    readonly runKey: string,
    readonly observe: Observe,
  ) {
    this.#usage = new Usage(node.name);
    this.#owners = new Owners(node.service.port);
    this.#masters = new Masters(node.name, runKey, observe, node.service.hidesEnvironment);
    this.#programs = programNames(node.service.argv, node.service.runningTitle);
  }

  /** The agent that answers, or a new one in the place of one that ended. */
  async attach(): Promise<Agent> {
    if (this.#agent && !this.#agent.ended) return this.#agent;
    // It may have ended between two looks, when nobody waited for an answer of its.
    if (this.#agent && this.#blindness === undefined) this.#sight(`the agent in ${this.node.name} has ended`);
    this.#agent?.end();
    this.#attaching ??= Agent.open(this.node.container, this.node.name).finally(() => (this.#attaching = undefined));
    return (this.#agent = await this.#attaching);
  }

  async signal(key: ProcessKey, signal: string): Promise<boolean> {
    const agent = await this.attach();
    const sentMs = monotonicMs();
    const taken = await agent.signal(key, signal);
    this.#lateness.add(monotonicMs() - sentMs);
    this.focus(CLOSE_AFTER_CHANGE_MS);
    if (this.#stopped) agent.end();
    return taken;
  }

  focus(ms: number): void {
    this.#focusUntilMs = Math.max(this.#focusUntilMs, monotonicMs() + ms);
    this.#wake();
  }

  tracked(pid: number | null): void {
    if (pid === this.#trackedPid) return;
    this.#trackedPid = pid;
    this.focus(CLOSE_AFTER_CHANGE_MS);
  }

  /**
   * The node's container ended or was started. Where it has ended nobody needs to look: its processes went with their
   * namespace, pid_namespaces(7). A pid of the next life means somebody else.
   */
  lives(change: ContainerChange): void {
    if (change.kind === 'out-of-memory') return;
    this.#isDown = change.kind === 'ended';
    if (this.#isDown) {
      this.#life += 1;
      this.#agent?.end();
      this.#census = [];
      this.#memory = NO_MEMORY;
      this.#owners = new Owners(this.node.service.port);
      this.#trackedPid = null;
      this.#written = '';
      this.observe({ kind: 'census', atMs: change.atMs, node: this.node.name, processes: [] });
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

  /** Writes when sight is lost, when it is lost for another reason, and when it is back. */
  #sight(blindness: string | undefined, seen = 'the agent sees the node again'): void {
    if (blindness === this.#blindness) return;
    this.#blindness = blindness;
    const common = { kind: 'blind', who: 'agent', node: this.node.name } as const;
    this.observe(
      blindness === undefined
        ? { ...common, state: 'regained', evidence: seen }
        : { ...common, state: 'lost', evidence: blindness },
    );
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

  /** Resolves with the time of the scan. */
  async #look(agent: Agent): Promise<number> {
    const { pidFile } = this.node.service;
    const life = this.#life;
    for (let left = LOOKS; ; left -= 1) {
      const scan = await agent.scan(pidFile);
      const atMs = monotonicMs();
      await this.#residents.update(agent, scan.processes, atMs);
      const isCurrent = await this.#owners.look(agent, {
        processes: scan.processes.filter((process) => !isDead(process)),
        isRelevant: (process) => this.#mayHold(process),
        hasMaster: this.#census.some(({ role }) => role === 'master'),
        close: atMs < this.#focusUntilMs,
        nowMs: atMs,
      });
      if (life !== this.#life) throw new Error('the node has ended meanwhile');
      if (!isCurrent && left > 1) continue;
      this.#write(scan, atMs);
      await this.#masters.describe(agent, this.#census, atMs);
      if (atMs - this.#sampleMs >= SAMPLE_EVERY_MS) {
        this.#sampleMs = atMs;
        this.observe(this.#usage.sample(this.#census, scan.processes, agent.pageBytes, atMs));
      }
      if (life === this.#life) this.#sight(this.#owners.blindness);
      return atMs;
    }
  }

  #mayHold(process: Scanned): boolean {
    if (this.#memory.roles.has(process.key) || this.#owners.pids.has(process.pid)) return true;
    const uid = this.#residents.of(process.key)?.uid;
    return this.serviceUid === 0 || uid === this.serviceUid;
  }

  #known(process: Scanned): Known {
    const { key, pid, ppid } = process;
    const person = this.#residents.of(key);
    const command = maskCommand(person?.argv ?? []);
    const isItsUser = this.serviceUid === 0 || person?.uid === this.serviceUid;
    return {
      key,
      pid,
      ppid,
      zombie: isDead(process),
      // One that ended before it could be asked keeps the command of its last census.
      command: command === '' ? (this.#census.find((before) => before.key === key)?.command ?? '') : command,
      looksLikeService: isItsUser && mentions(command, this.#programs),
    };
  }

  #write({ processes, pidInFile }: Scan, atMs: number): void {
    const { pidFile } = this.node.service;
    const census = takeCensus({
      processes: processes.map((process) => this.#known(process)),
      holders: this.#owners.pids,
      trackedPid: this.#trackedPid,
      isSupervisor: (process) => this.node.supervisor.isSupervisor(process, this.node.supervisorOptions),
      memory: this.#memory,
    });
    this.#memory = census.memory;
    this.#census = census.processes;
    this.#highestPid = Math.max(this.#highestPid, ...census.processes.map(({ pid }) => pid));
    const text = JSON.stringify([census.processes, pidInFile]);
    if (text === this.#written) return;
    this.#written = text;
    this.#focusUntilMs = Math.max(this.#focusUntilMs, atMs + CLOSE_AFTER_CHANGE_MS);
    this.observe({
      kind: 'census',
      atMs,
      node: this.node.name,
      processes: census.processes,
      ...(pidFile === undefined ? {} : { pidFile: { path: pidFile, pid: pidInFile } }),
    });
  }
}
