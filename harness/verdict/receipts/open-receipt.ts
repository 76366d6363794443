// A restart that is still being watched: who was there before, what has been seen since. Claims read it, the tracker
// feeds it and closes it.
import type { Generation, ProcessKey } from '../../core/identity.js';
import { parseKey } from '../../core/identity.js';
import type { Plan } from '../../plan/plan.js';
import type {
  CensusEvent,
  CensusProcess,
  ProbeEvent,
  RestartPath,
  ServiceEvent,
  SupervisorEvent,
  SupervisorSaidEvent,
  TrafficEvent,
} from '../../record/events.js';
import type { ClaimId, Trigger } from '../model.js';
import { holdOf, type Hold } from './hold.js';
import { isAlive, masterIn, newInStreak, withDescendants, type Ended, type NodeView } from './node-view.js';
import { ShareWindow } from './share.js';
import type { Standing } from './standing.js';

export interface Opening {
  readonly view: NodeView;
  /** The census that shows who was there before. */
  readonly before: CensusEvent | undefined;
  readonly restart: number;
  readonly round?: number;
  readonly path: RestartPath;
  readonly trigger: Trigger;
  readonly startedMs: number;
  readonly targets: readonly ProcessKey[];
  /** The node's share of the tier's good answers in the baseline; undefined when too little was seen. */
  readonly baselineShare: number | undefined;
  /** Start of the first of a row of restarts of which none was recovered: the limit counts from there. */
  readonly chainStartMs: number;
  /** The fault undoes itself later: nothing is recovered before. */
  readonly waitsForHeal: boolean;
  /** Earlier blows of the same fault; the receipt is judged from the last one on. */
  readonly blowsBefore?: OpenReceipt;
}

/** Moments of the recovery, journal time. */
export interface Marks {
  landed?: number;
  noticed?: number;
  born?: number;
  bound?: number;
  ready?: number;
  firstAnswer?: number;
  shareRestored?: number;
}

export class OpenReceipt {
  trigger: Trigger;
  path: RestartPath;
  readonly view: NodeView;
  /** Processes that this restart ends: the subject and, for a server, its descendants. */
  readonly old: ReadonlyMap<ProcessKey, CensusProcess>;
  /** Everything whose end this restart explains: the targets and their descendants. */
  readonly accounted: Set<ProcessKey>;
  readonly knownBefore: ReadonlySet<ProcessKey>;
  readonly oldMaster: CensusProcess | undefined;
  readonly oldSupervisor: CensusProcess | undefined;
  readonly oldSnapshots: ReadonlyMap<ProcessKey, ServiceEvent>;
  readonly restartsBefore: number | undefined;
  readonly hold: Hold;
  readonly basePerSecond: number;
  readonly marks: Marks = {};
  readonly standings = new Map<ClaimId, Standing>();
  share: ShareWindow;
  readonly #leastRequests: number;
  healedMs: number | undefined;
  oldGoneMs: number | undefined;
  /** When the old master (or whatever else is the subject) ended; its descendants may take longer. */
  subjectGoneMs: number | undefined;
  /** Good probes of the right identity in a row, and the last one that was not. */
  good = { count: 0, sinceMs: 0, generation: undefined as Generation | undefined };
  badProbe: { readonly event: ProbeEvent; readonly sinceMs: number } | undefined;
  served = 0;
  lastServedMs: number | undefined;
  /** Why the new identity did not stay, if it did not. */
  unrest: string | undefined;
  counterMovedMs: number | undefined;
  /** By how much it moved on when it had moved since the new one had bound. */
  counterMovedOn = 0;
  recoveredSinceMs: number | undefined;
  everRecovered = false;
  /** When the claims were looked at last. */
  lookedMs = 0;
  lastPolicyMs: number | undefined;
  /** `pid.start` -> when it was first seen: a process is born before it holds the listener. */
  readonly #firstSeen = new Map<string, number>();
  #probeBefore: ProbeEvent | undefined;

  constructor(
    readonly opening: Opening,
    /** As it reads at this post. */
    readonly plan: Plan,
  ) {
    const { view, before, path, targets, startedMs } = opening;
    this.view = view;
    this.trigger = opening.trigger;
    this.path = path;
    this.oldSnapshots = new Map(view.snapshots);
    const living = (before?.processes ?? []).filter((process) => !process.zombie);
    this.knownBefore = new Set((before?.processes ?? []).map((process) => process.key));
    this.oldMaster =
      view.master?.process ??
      living.find((process) => process.role === 'master' && targets.includes(process.key)) ??
      masterIn(before, view.supervisor?.trackedPid ?? null, () => true);
    const supervisors = living.filter((process) => process.role === 'supervisor');
    this.oldSupervisor =
      view.supervisorProcess?.process ?? supervisors.find((process) => targets.includes(process.key)) ?? supervisors[0];
    const subjects = path.subject === 'node' ? [...this.knownBefore] : targets;
    const below = withDescendants(before, subjects);
    this.old = path.subject === 'master' || path.subject === 'node' ? below : withoutDescendants(below, targets);
    this.accounted = new Set([...targets, ...below.keys()]);
    this.restartsBefore = view.supervisor?.restarts;
    this.basePerSecond = view.okRate.perSecond(startedMs);
    this.hold = holdOf(plan, this.basePerSecond);
    this.#leastRequests = plan.proof.shareRequests;
    this.share = new ShareWindow(this.#leastRequests);
    // Orphans of the blows before may go later.
    opening.blowsBefore?.accounted.forEach((key) => this.accounted.add(key));
  }

  /** True for a process that was there before, even if it has executed something else since. */
  hasLived(key: ProcessKey): boolean {
    const life = lifeOf(key);
    return [...this.accounted].some((each) => lifeOf(each) === life);
  }

  /** When its first blow fell. */
  get firstMs(): number {
    return this.opening.blowsBefore?.firstMs ?? this.startedMs;
  }

  /** The master that the new one is compared with: the last one that lived long enough to be read. */
  get lastRead(): { readonly pid: number; readonly read: ServiceEvent | undefined } | undefined {
    const { oldMaster } = this;
    const read = oldMaster && this.oldSnapshots.get(oldMaster.key);
    return (
      (read?.snapshot ? undefined : this.opening.blowsBefore?.lastRead) ?? (oldMaster && { pid: oldMaster.pid, read })
    );
  }

  get node(): string {
    return this.view.name;
  }

  get startedMs(): number {
    return this.opening.startedMs;
  }

  get faultId(): string | undefined {
    return this.trigger.kind === 'fault' ? this.trigger.faultId : undefined;
  }

  /** Is the subject meant to live on, or did it (for `either`)? */
  get isKept(): boolean {
    if (this.path.expects === 'kept') return true;
    return this.path.expects === 'either' && this.oldMaster !== undefined && this.#lives(this.oldMaster.key);
  }

  #lives(key: ProcessKey): boolean {
    return this.view.census !== undefined && isAlive(this.view.census, key);
  }

  /** The master that must serve now: a new identity, or the old one where it is meant to be kept. */
  get master(): CensusProcess | undefined {
    const keeps = this.isKept || ['worker', 'workers', 'supervisor'].includes(this.path.subject);
    if (keeps && this.oldMaster && this.#lives(this.oldMaster.key)) return this.oldMaster;
    return masterIn(this.view.census, this.view.supervisor?.trackedPid ?? null, (key) => !this.knownBefore.has(key));
  }

  /** Living workers that were not there before, below the master. */
  get newWorkers(): readonly CensusProcess[] {
    const { master } = this;
    const below = master ? withDescendants(this.view.census, [master.key]) : new Map<ProcessKey, CensusProcess>();
    return [...below.values()].filter(
      (process) => process.role === 'worker' && !process.zombie && !this.knownBefore.has(process.key),
    );
  }

  /**
   * Could this answer only come from what this restart brought (or was to keep)? Where nobody says who answered, the
   * moment does: the probe was sent, or the frame began, when the old one was gone.
   */
  isOfTheRight(generation: Generation | null | undefined, of: 'node' | 'subject', atMs: number): boolean {
    if (generation == null)
      return this.isKept || this.path.subject === 'supervisor' || atMs >= (this.oldGoneMs ?? Infinity);
    const [own = '', parent = ''] = generation.split('/');
    const isNew = !this.knownBefore.has(own) && !this.old.has(parent);
    const isOfKept = this.oldMaster !== undefined && generation.split('/').includes(this.oldMaster.key);
    switch (this.path.subject) {
      case 'master':
      case 'node':
        return isNew || (this.isKept && isOfKept);
      case 'worker':
      case 'workers':
        return isNew || (of === 'node' && isOfKept);
      case 'supervisor':
        return isNew || isOfKept;
    }
  }

  /** Before this moment nothing that is seen speaks of the time after the blow. */
  get countsFromMs(): number {
    return this.isKept ? (this.healedMs ?? this.marks.landed ?? this.startedMs) : this.startedMs;
  }

  /** The blow has landed, or was undone: what was proved of a process that is kept, was proved too early. */
  proveAgain(): void {
    if (!this.isKept) return;
    this.good = { count: 0, sinceMs: 0, generation: undefined };
    this.served = 0;
    this.share = new ShareWindow(this.#leastRequests);
    delete this.marks.ready;
    delete this.marks.firstAnswer;
    delete this.marks.shareRestored;
    this.recoveredSinceMs = undefined;
    this.standings.clear();
  }

  takeCensus(event: CensusEvent, ended: readonly Ended[]): void {
    for (const process of event.processes) {
      if (this.knownBefore.has(process.key)) continue;
      const life = lifeOf(process.key);
      if (!this.#firstSeen.has(life)) this.#firstSeen.set(life, event.atMs);
    }
    const present = new Set(event.processes.map((process) => lifeOf(process.key)));
    for (const life of this.#firstSeen.keys()) if (!present.has(life)) this.#firstSeen.delete(life);
    const subjects = [...this.old.values()].filter(
      (process) => process.role !== 'worker' || this.path.subject !== 'master',
    );
    if (subjects.every((process) => !isAlive(event, process.key))) this.subjectGoneMs ??= event.atMs;
    else this.subjectGoneMs = undefined;
    if ([...this.old.keys()].every((key) => !isAlive(event, key))) this.oldGoneMs ??= event.atMs;
    else this.oldGoneMs = undefined;
    const arrived = this.#arrived();
    if (arrived) {
      this.marks.bound ??= event.atMs;
      this.marks.born ??= this.#firstSeen.get(lifeOf(arrived.key)) ?? event.atMs;
    }
    for (const { role, process } of ended) {
      if (role === 'master' && !this.accounted.has(process.key)) {
        this.unrest = `the new master (pid ${process.pid}) ended again and nothing accounts for it`;
      }
    }
  }

  /** What this restart was to bring: the new subject. */
  #arrived(): CensusProcess | undefined {
    const { subject } = this.path;
    if (subject === 'worker' || subject === 'workers') return this.newWorkers[0];
    if (subject === 'supervisor') return this.newSupervisor;
    const { master } = this;
    return master && !this.knownBefore.has(master.key) ? master : undefined;
  }

  get newSupervisor(): CensusProcess | undefined {
    return this.view.census?.processes.find(
      (process) => process.role === 'supervisor' && !process.zombie && !this.knownBefore.has(process.key),
    );
  }

  takeSupervisor(event: SupervisorEvent, before: SupervisorEvent | undefined): void {
    if (event.atMs < this.startedMs) return;
    if (event.state !== 'running' || event.trackedPid !== before?.trackedPid) this.marks.noticed ??= event.atMs;
    if (event.restarts === undefined || before?.restarts === undefined || event.restarts <= before.restarts) return;
    // Read late, the first move after it had bound may hold all those before.
    const { counterMovedMs, marks } = this;
    if (marks.bound !== undefined && (counterMovedMs ?? -Infinity) > marks.bound)
      this.counterMovedOn += event.restarts - before.restarts;
    this.counterMovedMs = event.atMs;
  }

  takeSaid(event: SupervisorSaidEvent): void {
    if (event.atMs < this.startedMs || !event.means) return;
    if (event.means.action !== 'configuration') this.marks.noticed ??= event.atMs;
  }

  takeProbe(event: ProbeEvent): void {
    const before = this.#probeBefore;
    this.#probeBefore = event;
    if (event.atMs < this.countsFromMs) return;
    const isGood = event.outcome === 'ok' && this.isOfTheRight(event.generation, 'node', event.atMs);
    if (!isGood) {
      this.good = { count: 0, sinceMs: 0, generation: undefined };
      if (this.badProbe?.event.outcome === event.outcome) this.badProbe = { ...this.badProbe, event };
      else this.badProbe = { event, sinceMs: event.atMs };
      return;
    }
    this.badProbe = undefined;
    const answeredMs = event.atMs + event.tookMs;
    this.marks.ready ??= answeredMs;
    const isFirst = this.good.count === 0;
    this.good = {
      count: this.good.count + (isFirst ? 1 : newInStreak(before, event)),
      sinceMs: isFirst ? answeredMs : this.good.sinceMs,
      generation: event.generation,
    };
  }

  takeTraffic(event: TrafficEvent): void {
    if (event.atMs < this.countsFromMs) return;
    let own = 0;
    let ofSubject = 0;
    let tier = 0;
    for (const cell of event.cells) {
      if (cell.outcome !== 'ok') continue;
      tier += cell.count;
      if (cell.node !== this.node) continue;
      if (this.isOfTheRight(cell.generation, 'node', event.atMs)) own += cell.count;
      if (this.isOfTheRight(cell.generation, 'subject', event.atMs)) ofSubject += cell.count;
    }
    if (ofSubject > 0) {
      this.served += ofSubject;
      this.lastServedMs = event.atMs + FRAME_MS;
      this.marks.firstAnswer ??= event.atMs + FRAME_MS / 2;
    }
    this.share.add(own, tier);
  }
}

/** Traffic is counted for so long at a time. */
export const FRAME_MS = 100;

/** Without its exec generation: a launcher that becomes the server by exec was born when it was forked. */
function lifeOf(key: ProcessKey): string {
  const { pid, start } = parseKey(key);
  return `${pid}.${start}`;
}

function withoutDescendants(
  below: ReadonlyMap<ProcessKey, CensusProcess>,
  targets: readonly ProcessKey[],
): ReadonlyMap<ProcessKey, CensusProcess> {
  return new Map([...below].filter(([key]) => targets.includes(key)));
}
