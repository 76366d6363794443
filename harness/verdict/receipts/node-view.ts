// What the journal says of one post right now, a node or a further service of one: who lives there, what supervisor, prober and balancer say of it, what it
// serves. Receipts, muster and deaths read it; it judges nothing.
import type { ProcessKey } from '../../core/identity.js';
import type {
  BackendEvent,
  BlindEvent,
  CensusEvent,
  CensusProcess,
  ProbeEvent,
  ServiceEvent,
  SupervisorEvent,
  TrafficEvent,
} from '../../record/events.js';
import { parseKey } from '../../core/identity.js';
import type { Plan } from '../../plan/plan.js';
import { isProbed, postsOf, type Post } from '../../plan/posts.js';
import { isAtOrBelow } from '../../record/family.js';
import { successorIn } from '../../record/successor.js';
import { RecentCount } from './recent-count.js';

/** A process that ends before it was seen for so long was a passer-by (a launcher, a helper), not one of the service. */
const ESTABLISHED_AFTER_MS = 1_000;
/** Good probes in a row, and since when. */
interface ProbeRun {
  good: number;
  sinceMs: number;
}

export interface Resident {
  readonly process: CensusProcess;
  readonly sinceMs: number;
}

/** A supervisor, master or worker that was there and is not any more. */
export interface Ended {
  readonly role: 'supervisor' | 'master' | 'worker';
  readonly process: CensusProcess;
}

export class NodeView {
  census: CensusEvent | undefined;
  /** The census before the latest one: who was there when somebody went missing. */
  previous: CensusEvent | undefined;
  supervisor: SupervisorEvent | undefined;
  backend: BackendEvent | undefined;
  probe: ProbeEvent | undefined;
  probeRun: ProbeRun = { good: 0, sinceMs: 0 };
  /** The service's own processes, by identity; they change only when an identity is gone, never by a change of roles. */
  master: Resident | undefined;
  supervisorProcess: Resident | undefined;
  readonly workers = new Map<ProcessKey, Resident>();
  readonly snapshots = new Map<ProcessKey, ServiceEvent>();
  readonly blind = new Map<BlindEvent['who'], BlindEvent>();
  /** Good answers to the load of the last seconds. */
  readonly okRate = new RecentCount(5_000);
  readonly #starting = new Map<ProcessKey, number>();
  /** Processes that began as `starting` in the last seconds. */
  readonly starts = new RecentCount(10_000);
  /** A new master that the old one has executed beside itself (USR2), until it takes over. */
  #successor: Resident | undefined;

  constructor(readonly post: Post) {}

  get name(): string {
    return this.post.name;
  }

  /** Nobody is asked there: what its supervisor tracks is the server. */
  get listensNowhere(): boolean {
    return this.post.service?.listens.kind === 'nowhere';
  }

  /** Is it asked on a port, by whoever wants to know whether it answers? */
  get isProbed(): boolean {
    return isProbed(this.post);
  }

  /** Takes a census; returns who of the service has ended since the one before. */
  takeCensus(event: CensusEvent): readonly Ended[] {
    this.previous = this.census;
    this.census = event;
    this.#followLauncher(event);
    const ended = this.#endedIn(event);
    this.#settle(event);
    return ended;
  }

  /**
   * Where nobody listens, what is tracked is the server from its first moment on: the shell of a run script is, and what it
   * executes then is the same process still.
   */
  #followLauncher(event: CensusEvent): void {
    if (!this.listensNowhere || !this.master || isAlive(event, this.master.process.key)) return;
    const { pid, start } = parseKey(this.master.process.key);
    const next = event.processes.find(
      (process) => process.pid === pid && !process.zombie && parseKey(process.key).start === start,
    );
    if (next?.role === 'master') this.master = { ...this.master, process: next };
  }

  #endedIn(event: CensusEvent): readonly Ended[] {
    const isGone = ({ process }: Resident): boolean => !isAlive(event, process.key);
    const wasSeen = ({ sinceMs }: Resident): boolean => event.atMs - sinceMs >= ESTABLISHED_AFTER_MS;
    const ended: Ended[] = [];
    if (this.supervisorProcess && isGone(this.supervisorProcess)) {
      ended.push({ role: 'supervisor', process: this.supervisorProcess.process });
      this.supervisorProcess = undefined;
    }
    if (this.master && isGone(this.master)) {
      if (wasSeen(this.master)) ended.push({ role: 'master', process: this.master.process });
      this.master = undefined;
    }
    if (this.#successor && isGone(this.#successor)) {
      // However young: it has bound and forked, so it is no passer-by.
      ended.push({ role: 'master', process: this.#successor.process });
      this.#successor = undefined;
    }
    for (const [key, worker] of this.workers) {
      if (!isGone(worker)) continue;
      if (wasSeen(worker)) ended.push({ role: 'worker', process: worker.process });
      this.workers.delete(key);
    }
    return ended;
  }

  #settle(event: CensusEvent): void {
    const living = event.processes.filter((process) => !process.zombie);
    if (!this.supervisorProcess) {
      // Children that the supervisor forks look like it until they exec: the topmost one is the supervisor.
      const all = living.filter((process) => process.role === 'supervisor');
      const top = all.find((process) => !all.some((other) => other.pid === process.ppid));
      if (top) this.supervisorProcess = { process: top, sinceMs: event.atMs };
    }
    if (!this.master) {
      // A worker that outlives its master may be the topmost holder of the listener: it is not a new master.
      const next = masterIn(event, this.supervisor?.trackedPid ?? null, (key) => !this.workers.has(key));
      const took = this.#successor?.process.key === next?.key ? this.#successor : undefined;
      if (next) this.master = { process: next, sinceMs: took?.sinceMs ?? event.atMs };
      if (took) this.#successor = undefined;
    } else {
      const process = successorIn(event, this.master.process.key);
      if (process && process.key !== this.#successor?.process.key) {
        // Until it has forked it looks like a worker.
        this.#successor = { process, sinceMs: this.workers.get(process.key)?.sinceMs ?? event.atMs };
        this.workers.delete(process.key);
      }
    }
    for (const process of living) {
      if (process.key === this.#successor?.process.key) continue;
      if (process.role === 'worker' && !this.workers.has(process.key)) {
        this.workers.set(process.key, { process, sinceMs: event.atMs });
      }
    }
    const starting = new Set(living.filter((process) => process.role === 'starting').map((process) => process.key));
    for (const key of this.#starting.keys()) if (!starting.has(key)) this.#starting.delete(key);
    for (const key of starting) {
      if (this.#starting.has(key)) continue;
      this.#starting.set(key, event.atMs);
      this.starts.add(event.atMs, 1);
    }
    // Those of the census before are kept: a receipt that opens now compares with who has just gone.
    const recent = new Set([...event.processes, ...(this.previous?.processes ?? [])].map((process) => process.key));
    for (const key of this.snapshots.keys()) if (!recent.has(key)) this.snapshots.delete(key);
  }

  /** When a process was first seen as `starting`; Infinity for one that is not. */
  startingSinceMs(key: ProcessKey): number {
    return this.#starting.get(key) ?? Infinity;
  }

  takeProbe(event: ProbeEvent): void {
    const before = this.probe;
    this.probe = event;
    if (event.outcome !== 'ok') {
      this.probeRun = { good: 0, sinceMs: event.atMs };
      return;
    }
    this.probeRun = {
      good: this.probeRun.good + newInStreak(before, event),
      sinceMs: this.probeRun.good === 0 ? event.atMs + event.tookMs : this.probeRun.sinceMs,
    };
  }

  takeTraffic(event: TrafficEvent): void {
    let ok = 0;
    for (const cell of event.cells) if (cell.node === this.name && cell.outcome === 'ok') ok += cell.count;
    this.okRate.add(event.atMs, ok);
  }

  takeBackend(event: BackendEvent): void {
    this.backend = event;
  }

  takeBlind(event: BlindEvent): void {
    if (event.state === 'lost') this.blind.set(event.who, event);
    else this.blind.delete(event.who);
  }

  /** Why no process of this node was or will ever be seen: then nobody can say which one answers. */
  get unseen(): string | undefined {
    const blind = this.blind.get('agent');
    return blind?.forGood ? blind.evidence : undefined;
  }

  /** Has an observer in the node lost sight of it that may see it again? */
  get isBlinded(): boolean {
    return [this.blind.get('agent'), this.blind.get('supervisor-watch')].some((blind) => blind && !blind.forGood);
  }

  /** Why an observer sees nothing of this node now; undefined while it does. */
  blindness(who: BlindEvent['who']): string | undefined {
    return this.blind.get(who)?.evidence;
  }
}

/** How many good probes an event stands for: those of its streak that the event before did not speak of. */
export function newInStreak(before: ProbeEvent | undefined, event: ProbeEvent): number {
  const goesOn = before?.outcome === 'ok' && event.streak > before.streak;
  return goesOn ? event.streak - before.streak : 1;
}

/** A zombie cannot serve: it counts as ended. */
export function isAlive(census: CensusEvent, key: ProcessKey): boolean {
  return census.processes.some((process) => process.key === key && !process.zombie);
}

/** The master among the living that pass the filter: the tracked one when several claim to be it. */
export function masterIn(
  census: CensusEvent | undefined,
  trackedPid: number | null,
  isCandidate: (key: ProcessKey) => boolean,
): CensusProcess | undefined {
  const masters = (census?.processes ?? []).filter(
    (process) => process.role === 'master' && !process.zombie && isCandidate(process.key),
  );
  return masters.find((process) => trackedPid !== null && isAtOrBelow(process, trackedPid, census)) ?? masters[0];
}

/** One of each post, by its name. */
export function viewsOf(plan: Pick<Plan, 'environment' | 'nodes'>): ReadonlyMap<string, NodeView> {
  return new Map(postsOf(plan).map((post) => [post.name, new NodeView(post)]));
}

/** These processes and everything below them. */
export function withDescendants(
  census: CensusEvent | undefined,
  keys: readonly ProcessKey[],
): ReadonlyMap<ProcessKey, CensusProcess> {
  const found = new Map<ProcessKey, CensusProcess>();
  const processes = census?.processes ?? [];
  for (const process of processes) if (keys.includes(process.key)) found.set(process.key, process);
  for (let grew = true; grew;) {
    const pids = new Set([...found.values()].map((process) => process.pid));
    const children = processes.filter((process) => pids.has(process.ppid) && !found.has(process.key));
    for (const child of children) found.set(child.key, child);
    grew = children.length > 0;
  }
  return found;
}
