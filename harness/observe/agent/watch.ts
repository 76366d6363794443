// The eyes in a node: scans it five times a second (forty around a fault or any change), and writes down who lives there whenever that
// changes, what each new master was started with, and once a second what the service uses.
import { monotonicMs } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { ProcessKey } from '../../core/identity.js';
import type { CensusProcess, Observe, ProcessRole } from '../../record/events.js';
import type { Node } from '../../tier/plugins.js';
import { latenessOf } from '../lateness.js';
import { Agent, type Scan } from './agent.js';
import { takeCensus, type Known } from './census.js';
import type { Scanned } from './scan.js';
import { takeSnapshot } from './snapshot.js';

// Measured: a scan of a node with 15 processes costs 2.5 ms of CPU in the node, a look for owners 25 ms.
const SCAN_EVERY_MS = 200;
const CLOSE_SCAN_EVERY_MS = 25;
/** After any change the next ones are near. */
const CLOSE_AFTER_CHANGE_MS = 3_000;
/** Owners of the listener are looked up when processes change, and at least so often. */
const OWNERS_EVERY_MS = 2_000;
const SAMPLE_EVERY_MS = 1_000;
const RETRY_EVERY_MS = 1_000;
const PAGE_BYTES = 4_096;
const TICKS_PER_SECOND = 100;

export interface Eyes {
  signal(key: ProcessKey, signal: string): Promise<boolean>;
  /** Looks closely for so long. */
  focus(ms: number): void;
  /** The pid that the supervisor tracks, as it last said. */
  tracked(pid: number | null): void;
  stop(): Promise<void>;
}

export async function startEyes(node: Node, serviceUid: number, runKey: string, observe: Observe): Promise<Eyes> {
  const watch = new NodeWatch(node, serviceUid, runKey, observe);
  await watch.attach();
  const running = watch.loop();
  return {
    signal: (key, signal) => watch.agent.signal(key, signal),
    focus: (ms) => watch.focus(ms),
    tracked: (pid) => watch.tracked(pid),
    async stop() {
      watch.stop();
      await running;
    },
  };
}

class NodeWatch {
  agent!: Agent;
  readonly #known = new Map<ProcessKey, { readonly command: string; readonly uid: number }>();
  readonly #latenciesMs: number[] = [];
  readonly #described = new Set<ProcessKey>();
  #roles = new Map<ProcessKey, ProcessRole>();
  #holders = new Set<number>();
  #written = '';
  #pidsAtOwners = '';
  #ownersMs = 0;
  #sampleMs = 0;
  #cpuTicks: number | undefined;
  #focusUntilMs = 0;
  #trackedPid: number | null = null;
  #blind = false;
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(
    readonly node: Node,
    readonly serviceUid: number,
    readonly runKey: string,
    readonly observe: Observe,
  ) {}

  async attach(): Promise<void> {
    this.agent = await Agent.open(this.node.container, this.node.name);
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

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async loop(): Promise<void> {
    while (!this.#stopped) {
      const startedMs = monotonicMs();
      try {
        if (this.agent.ended) await this.attach();
        await this.#look();
        if (this.#blind) this.#sight('regained', 'the agent answers again');
      } catch (error) {
        if (!this.#isOver() && !this.#blind) this.#sight('lost', messageOf(error));
        await this.#pause(RETRY_EVERY_MS);
        continue;
      }
      const everyMs = monotonicMs() < this.#focusUntilMs ? CLOSE_SCAN_EVERY_MS : SCAN_EVERY_MS;
      await this.#pause(startedMs + everyMs - monotonicMs());
    }
    this.agent.end();
    const { lateness, count } = latenessOf(this.#latenciesMs);
    this.observe({ kind: 'lateness', who: 'agent', lateness, count });
  }

  /** Asked anew: stop() is called from outside while the loop waits. */
  #isOver(): boolean {
    return this.#stopped;
  }

  #sight(state: 'lost' | 'regained', evidence: string): void {
    this.#blind = state === 'lost';
    this.observe({ kind: 'blind', who: 'agent', node: this.node.name, state, evidence });
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

  async #look(): Promise<void> {
    const scan = await this.agent.scan(this.node.service.pidFile);
    const atMs = monotonicMs();
    this.#latenciesMs.push(...this.agent.latenciesMs.splice(0));
    await this.#meetNewcomers(scan.processes);
    await this.#lookForOwners(scan.processes);
    const census = this.#census(scan);
    this.#write(census, scan, atMs);
    for (const master of census.filter((process) => process.role === 'master' && !process.zombie))
      await this.#describe(master);
    if (atMs - this.#sampleMs >= SAMPLE_EVERY_MS) this.#sample(census, scan.processes, atMs);
  }

  async #meetNewcomers(processes: readonly Scanned[]): Promise<void> {
    const strangers = processes.filter((process) => !this.#known.has(process.key));
    const met = await this.agent.who(strangers.map((process) => process.pid));
    for (const { key, pid } of strangers) this.#known.set(key, met.get(pid) ?? { command: '', uid: Number.NaN });
    const here = new Set(processes.map((process) => process.key));
    for (const key of this.#known.keys()) if (!here.has(key)) this.#known.delete(key);
  }

  /** Forked workers inherit the listener; a new master opens it some time after its birth. So: on change, while there is no master, and now and then. */
  async #lookForOwners(processes: readonly Scanned[]): Promise<void> {
    const pids = processes.map((process) => process.key).join(' ');
    const hasMaster = [...this.#roles.values()].includes('master');
    const now = monotonicMs();
    if (pids === this.#pidsAtOwners && hasMaster && now - this.#ownersMs < OWNERS_EVERY_MS) return;
    const inodes = await this.agent.listening(this.node.service.port);
    const candidates = processes.filter((process) => process.pid !== 1 && process.ppid !== 0 && process.state !== 'Z');
    const { holders, denied } = await this.agent.holders(
      candidates.map((process) => process.pid),
      inodes,
    );
    this.#pidsAtOwners = pids;
    this.#ownersMs = now;
    this.#holders = new Set(holders);
    if (inodes.size > 0 && holders.length === 0 && denied.length > 0 && !this.#blind) {
      this.#sight('lost', `open files of ${denied.length} processes may not be read (SYS_PTRACE is missing)`);
    }
  }

  #census(scan: Scan): readonly CensusProcess[] {
    const processes = scan.processes.map(({ key, pid, ppid, state }): Known => {
      const { command = '', uid = Number.NaN } = this.#known.get(key) ?? {};
      return { key, pid, ppid, zombie: state === 'Z' || state === 'X', command, uid };
    });
    return takeCensus({
      processes,
      holders: this.#holders,
      trackedPid: this.#trackedPid,
      serviceUid: this.serviceUid,
      isSupervisor: (process) => this.node.supervisor.isSupervisor(process),
      before: this.#roles,
    });
  }

  #write(census: readonly CensusProcess[], { pidInFile }: Scan, atMs: number): void {
    const { pidFile } = this.node.service;
    const text = JSON.stringify([census, pidInFile]);
    this.#roles = new Map(
      census.filter((process) => process.role !== 'supervisor').map((process) => [process.key, process.role]),
    );
    if (text === this.#written) return;
    this.#written = text;
    this.#focusUntilMs = Math.max(this.#focusUntilMs, monotonicMs() + CLOSE_AFTER_CHANGE_MS);
    this.observe({
      kind: 'census',
      atMs,
      node: this.node.name,
      processes: census,
      ...(pidFile === undefined ? {} : { pidFile: { path: pidFile, pid: pidInFile } }),
    });
  }

  async #describe(master: CensusProcess): Promise<void> {
    if (this.#described.has(master.key)) return;
    this.#described.add(master.key);
    const snapshot = await takeSnapshot(this.agent, master.pid, this.runKey);
    const common = { kind: 'service', node: this.node.name, key: master.key } as const;
    this.observe(typeof snapshot === 'string' ? { ...common, snapshot: null, why: snapshot } : { ...common, snapshot });
  }

  #sample(census: readonly CensusProcess[], processes: readonly Scanned[], atMs: number): void {
    const service = new Set(
      census.filter((process) => process.role === 'master' || process.role === 'worker').map((process) => process.key),
    );
    const own = processes.filter((process) => service.has(process.key));
    const sum = (of: (process: Scanned) => number): number => own.reduce((total, process) => total + of(process), 0);
    const ticks = sum((process) => process.cpuTicks);
    const seconds = (atMs - this.#sampleMs) / 1000;
    // After a restart the sum begins anew; a negative difference is no use of CPU.
    const cpuShare =
      this.#cpuTicks === undefined ? 0 : Math.max(0, ticks - this.#cpuTicks) / TICKS_PER_SECOND / seconds;
    this.#sampleMs = atMs;
    this.#cpuTicks = ticks;
    this.observe({
      kind: 'sample',
      atMs,
      node: this.node.name,
      memoryBytes: sum((process) => process.rssPages) * PAGE_BYTES,
      processes: own.length,
      threads: sum((process) => process.threads),
      cpuShare: Math.round(cpuShare * 1000) / 1000,
    });
  }
}
