// What is seen of one post of a node (plan/posts.ts): who lives there, written whenever that changes, what each new master was
// started with, and once a second what the service uses. The looks themselves are shared by all posts of a node (watch.ts).
import type { ProcessKey } from '../../core/identity.js';
import type { CensusProcess, Observe } from '../../record/events.js';
import type { Node } from '../../tier/plugins.js';
import { listensOf } from '../../tier/service.js';
import type { Agent } from './agent.js';
import { mentions, NO_MEMORY, programNames, takeCensus, type Known } from './census.js';
import { Masters } from './masters.js';
import { Owners } from './owners.js';
import { isDead, type Residents } from './residents.js';
import type { Scan, Scanned } from './scan.js';
import { maskCommand } from './secrets.js';
import { Usage } from './usage.js';

const SAMPLE_EVERY_MS = 1_000;

export class PostEyes {
  #owners: Owners;
  readonly #usage: Usage;
  readonly #masters: Masters;
  readonly #programs: ReadonlySet<string>;
  #memory = NO_MEMORY;
  #census: readonly CensusProcess[] = [];
  #written = '';
  #sampleMs = 0;
  #trackedPid: number | null = null;
  /** Why nothing, or not enough, is seen; undefined while all is. */
  #blindness: string | undefined;

  constructor(
    readonly node: Node,
    readonly serviceUid: number,
    runKey: string,
    readonly residents: Residents,
    readonly observe: Observe,
  ) {
    this.#usage = new Usage(node.name);
    this.#owners = new Owners(listensOf(node.service));
    this.#masters = new Masters(node.name, runKey, observe, node.service.hidesEnvironment);
    this.#programs = programNames(node.service.argv, node.service.runningTitle);
  }

  get isBlind(): boolean {
    return this.#blindness !== undefined;
  }

  get highestPid(): number {
    return Math.max(0, ...this.#census.map(({ pid }) => pid));
  }

  /** True when that is news. */
  tracked(pid: number | null): boolean {
    const isNews = pid !== this.#trackedPid;
    this.#trackedPid = pid;
    return isNews;
  }

  /** The node is down: its processes went with their namespace, pid_namespaces(7). */
  wentDown(atMs: number): void {
    this.#census = [];
    this.#memory = NO_MEMORY;
    this.#owners = new Owners(listensOf(this.node.service));
    this.#trackedPid = null;
    this.#written = '';
    this.observe({ kind: 'census', atMs, node: this.node.name, processes: [] });
  }

  /** Writes when sight is lost, when it is lost for another reason, and when it is back. */
  sight(blindness: string | undefined, seen = 'the agent sees the node again'): void {
    if (blindness === this.#blindness) return;
    this.#blindness = blindness;
    const common = { kind: 'blind', who: 'agent', node: this.node.name } as const;
    this.observe(
      blindness === undefined
        ? { ...common, state: 'regained', evidence: seen }
        : { ...common, state: 'lost', evidence: blindness },
    );
  }

  /** Why it cannot be said who holds the listener. */
  get ownersBlindness(): string | undefined {
    return this.#owners.blindness;
  }

  /** Who holds the listener now? False when the scan is out of date already. */
  lookAtOwners(agent: Agent, scan: Scan, atMs: number, close: boolean): Promise<boolean> {
    return this.#owners.look(agent, {
      processes: scan.processes.filter((process) => !isDead(process)),
      isRelevant: (process) => this.#mayHold(process),
      hasMaster: this.#census.some(({ role }) => role === 'master'),
      close,
      nowMs: atMs,
    });
  }

  #mayHold(process: Scanned): boolean {
    if (this.#memory.roles.has(process.key) || this.#owners.pids.has(process.pid)) return true;
    const uid = this.residents.of(process.key)?.uid;
    return this.serviceUid === 0 || uid === this.serviceUid;
  }

  #known(process: Scanned): Known {
    const { key, pid, ppid } = process;
    const person = this.residents.of(key);
    const command = maskCommand(person?.argv ?? []);
    const isItsUser = this.serviceUid === 0 || person?.uid === this.serviceUid;
    return {
      key,
      pid,
      ppid,
      zombie: isDead(process),
      // One that ended before it could be asked keeps the command of its last census.
      command: command === '' ? this.#commandBefore(key) : command,
      looksLikeService: isItsUser && mentions(command, this.#programs),
    };
  }

  #commandBefore(key: ProcessKey): string {
    return this.#census.find((before) => before.key === key)?.command ?? '';
  }

  /** Takes the census; true when it is another than the one before, and was written. */
  write({ processes, pidInFile }: Scan, atMs: number): boolean {
    const { supervisor, supervisorOptions, service } = this.node;
    const census = takeCensus({
      processes: processes.map((process) => this.#known(process)),
      holders: this.#owners.pids,
      trackedPid: this.#trackedPid,
      listensNowhere: service.listens?.kind === 'nowhere',
      isSupervisor: (process) => supervisor.isSupervisor(process, supervisorOptions),
      memory: this.#memory,
    });
    this.#memory = census.memory;
    this.#census = census.processes;
    const text = JSON.stringify([census.processes, pidInFile]);
    if (text === this.#written) return false;
    this.#written = text;
    const { pidFile } = service;
    this.observe({
      kind: 'census',
      atMs,
      node: this.node.name,
      processes: census.processes,
      ...(pidFile === undefined ? {} : { pidFile: { path: pidFile, pid: pidInFile } }),
    });
    return true;
  }

  /** What it was started with, and what it uses, where that is due. */
  async describe(agent: Agent, { processes }: Scan, atMs: number): Promise<void> {
    await this.#masters.describe(agent, this.#census, atMs);
    if (atMs - this.#sampleMs < SAMPLE_EVERY_MS) return;
    this.#sampleMs = atMs;
    this.observe(this.#usage.sample(this.#census, processes, agent.pageBytes, atMs));
  }
}
