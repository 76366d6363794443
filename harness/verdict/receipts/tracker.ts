// Follows every post through the journal, opens a receipt for each restart and closes it at the end of its hold. The
// conductor uses it live and the judge in replay; both see the same, because only the times in the journal count.
import type { Plan } from '../../plan/plan.js';
import { nodeOf, planAt } from '../../plan/posts.js';
import type {
  CensusEvent,
  DeclaredEvent,
  FaultEvent,
  JournalEvent,
  RestartPath,
  SupervisorSaidEvent,
  TrafficEvent,
} from '../../record/events.js';
import type { Receipt, Trigger } from '../model.js';
import { Baseline } from './baseline.js';
import { closeReceipt, look, type Judging } from './closing.js';
import { Deaths } from './deaths.js';
import { Ledger } from './ledger.js';
import { viewsOf, type Ended, type NodeView } from './node-view.js';
import type { OpenReceipt, Opening } from './open-receipt.js';
import { isBelowOneOf, isLate, LATE_WORD_MS, lost, POLICY_PATH, policyTrigger, supersedes } from './unaccounted.js';
import { struckBy } from './struck.js';
import { isUndoneLater } from './undone-later.js';

/** Without events, holds end so much later: a journal line may be that late and must still count. */
const LATE_LINE_MS = 3_000;
/** A baseline of fewer requests than are counted later is good enough to compare with, down to this part of them. */
const BASELINE_PART = 4;

export class ReceiptTracker {
  readonly views: ReadonlyMap<string, NodeView>;
  readonly deaths = new Deaths();
  readonly #plan: Plan;
  readonly #ledger: Ledger;
  readonly #baseline = new Baseline();
  #declared: DeclaredEvent | undefined;
  #nowMs = 0;
  #loadStartMs: number | undefined;
  #state: 'before' | 'watching' | 'over' = 'before';

  constructor(plan: Plan) {
    this.#plan = plan;
    this.views = viewsOf(plan);
    this.#ledger = new Ledger(
      plan,
      () => this.#judging(),
      (receipt) => this.deaths.closed(receipt),
    );
  }

  /** Journal time of the load's start; undefined before it. */
  get loadStartMs(): number | undefined {
    return this.#loadStartMs;
  }

  get isWatching(): boolean {
    return this.#state === 'watching';
  }

  openReceipts(): readonly OpenReceipt[] {
    return this.#ledger.open;
  }

  openOf(node: string): OpenReceipt | undefined {
    return this.#ledger.openOf(node);
  }

  /** The receipt of a node's restart that is still being watched, as if it were judged now. */
  soFar(node: string): Receipt | undefined {
    const open = this.openOf(node);
    return open && closeReceipt(open, this.#judging(), this.#nowMs, 'end');
  }

  closed(): readonly Receipt[] {
    return this.#ledger.closed;
  }

  lastClosedOf(node: string): Receipt | undefined {
    return this.#ledger.lastClosedOf(node);
  }

  /** True when no restart of the node is being watched, or the one that is has recovered (its hold may still run). */
  isRecovered(node: string): boolean {
    const open = this.openOf(node);
    return open === undefined || open.recoveredSinceMs !== undefined;
  }

  /** The share that a node had before anything happened; undefined when too few requests were seen. */
  baselineShare(node: string): number | undefined {
    return this.#baseline.share(node, this.#plan.proof.shareRequests / BASELINE_PART);
  }

  /** False while a share to compare with may still come: not for ever, there may be too little load. */
  hasBaseline(node: string): boolean {
    return this.#ledger.hasBegun || this.baselineShare(node) !== undefined;
  }

  /** Lets time pass where no events come. */
  tick(nowMs: number): void {
    this.#ledger.closeDue(nowMs - LATE_LINE_MS);
  }

  step(event: JournalEvent): void {
    this.#ledger.closeDue(event.atMs);
    this.#nowMs = Math.max(this.#nowMs, event.atMs);
    this.#take(event);
    const touched = 'node' in event ? [this.openOf(event.node)] : this.openReceipts();
    for (const receipt of touched) if (receipt) look(receipt, this.#judging(), this.#nowMs);
  }

  /** The journal is over: what is still open is judged as it stands. */
  finish(): void {
    this.#end(this.#nowMs);
  }

  #judging(): Judging {
    return { declared: this.#declared, loadStartMs: this.#loadStartMs ?? 0 };
  }

  #take(event: JournalEvent): void {
    switch (event.kind) {
      case 'load':
        if (event.state === 'started') {
          this.#loadStartMs ??= event.atMs;
          if (this.#state === 'before') this.#state = 'watching';
        } else if (event.state !== 'stage') this.#end(event.atMs);
        return;
      case 'phase':
        if ((event.phase === 'rounds' && event.state === 'ended') || event.phase === 'stop') this.#end(event.atMs);
        return;
      case 'cut':
      case 'end':
        this.#end(event.atMs);
        return;
      case 'declared':
        this.#declared = event;
        return;
      case 'census':
        this.#census(event);
        return;
      case 'supervisor': {
        const view = this.views.get(event.node);
        if (!view) return;
        this.openOf(event.node)?.takeSupervisor(event, view.supervisor);
        view.supervisor = event;
        return;
      }
      case 'supervisor-said':
        this.#said(event);
        return;
      case 'service':
        this.views.get(event.node)?.snapshots.set(event.key, event);
        return;
      case 'probe':
        this.openOf(event.node)?.takeProbe(event);
        this.views.get(event.node)?.takeProbe(event);
        return;
      case 'backend':
        this.views.get(event.node)?.takeBackend(event);
        return;
      case 'blind':
        for (const view of this.views.values()) {
          if (event.node === undefined || event.node === view.name) view.takeBlind(event);
        }
        return;
      case 'traffic':
        return this.#traffic(event);
      case 'fault':
        return this.#fault(event);
      default: // The others tell nothing of restarts.
        return;
    }
  }

  #traffic(event: TrafficEvent): void {
    for (const view of this.views.values()) view.takeTraffic(event);
    for (const receipt of this.openReceipts()) receipt.takeTraffic(event);
    if (this.#state === 'watching' && !this.#ledger.hasBegun) this.#baseline.take(event);
  }

  #fault(event: FaultEvent): void {
    if (this.#state !== 'watching') return;
    if (event.state === 'sent') {
      const trigger: Trigger = { kind: 'fault', fault: event.fault, faultId: event.id };
      for (const { view, targets } of struckBy(event, this.views.values()))
        this.#openOne(view, event.atMs, event.path, trigger, targets, view.census, {
          round: event.round,
          waitsForHeal: isUndoneLater(event, this.#plan),
        });
      return;
    }
    for (const receipt of this.openReceipts())
      if (receipt.faultId === event.id && nodeOf(receipt.node) === nodeOf(event.node)) this.#goesOn(receipt, event);
  }

  #goesOn(receipt: OpenReceipt, event: FaultEvent): void {
    switch (event.state) {
      case 'sent':
        return;
      case 'again':
        return this.#strikeAgain(receipt, event);
      case 'landed':
        receipt.marks.landed = event.atMs;
        receipt.proveAgain();
        return;
      case 'missed':
        // A fault that hit nothing restarted nothing: there is nothing to prove. Faults that did half are kept.
        if (receipt.subjectGoneMs === undefined || receipt.old.size === 0) this.#ledger.drop(receipt);
        else receipt.marks.landed = event.atMs;
        return;
      case 'healed':
      case 'heal-failed':
        receipt.healedMs = event.atMs;
        receipt.proveAgain();
        return;
    }
  }

  /** A further blow of the same fault: one receipt, judged from the last one on. */
  #strikeAgain(receipt: OpenReceipt, { atMs, targets, round }: FaultEvent): void {
    const { view, trigger, path, opening } = receipt;
    this.#ledger.drop(receipt);
    const { waitsForHeal } = opening;
    this.#openOne(view, atMs, path, trigger, targets, view.census, { round, waitsForHeal, blowsBefore: receipt });
  }

  #census(event: CensusEvent): void {
    const view = this.views.get(event.node);
    if (!view) return;
    const ended = view.takeCensus(event);
    this.openOf(event.node)?.takeCensus(event, ended);
    if (this.#state !== 'watching') return;
    for (const one of ended) this.#unaccounted(view, one, ended, event.atMs);
  }

  #unaccounted(view: NodeView, one: Ended, ended: readonly Ended[], atMs: number): void {
    const open = this.openOf(view.name);
    if (this.deaths.isAccounted(view, one, open)) return;
    // What goes with a process that nothing accounts for is told with it.
    if (open?.accounted.has(one.process.key) || isBelowOneOf(ended, one)) return;
    // A master that has no fixed number of workers ends them itself.
    if (one.role === 'worker' && planAt(this.#plan, view.post.service?.name).facts.workers === null) return;
    this.deaths.add(view.name, atMs, one);
    if (open && !supersedes(one, open, atMs)) return;
    if (open) this.#ledger.drop(open);
    const siblings = ended.filter(({ role }) => role === one.role).map(({ process }) => process.key);
    const { path, trigger } = lost(one, siblings.length);
    this.#openOne(view, atMs, path, trigger, siblings, view.previous, {});
  }

  #said(event: SupervisorSaidEvent): void {
    const view = this.views.get(event.node);
    if (!view) return;
    const open = this.openOf(event.node);
    if (event.means?.action !== 'restart-by-policy' || this.#state !== 'watching') {
      open?.takeSaid(event);
      return;
    }
    const trigger = policyTrigger(event.means, event.line);
    if (open?.trigger.kind === 'unexplained' && isLate(open, event.atMs)) {
      this.deaths.explainedSince(view.name, open.startedMs);
      this.#ledger.drop(open);
      const targets = open.oldMaster ? [open.oldMaster.key] : [];
      this.#openOne(view, open.startedMs, POLICY_PATH, trigger, targets, open.opening.before, {}).lastPolicyMs =
        event.atMs;
      return;
    }
    const saidAgain = open?.lastPolicyMs !== undefined && event.atMs - open.lastPolicyMs <= LATE_WORD_MS;
    if (open && (saidAgain || open.marks.bound === undefined)) {
      open.takeSaid(event); // The same restart still: nothing new has come up since.
      open.lastPolicyMs = event.atMs;
      return;
    }
    const targets = view.master ? [view.master.process.key] : [];
    this.#openOne(view, event.atMs, POLICY_PATH, trigger, targets, view.census, {}).lastPolicyMs = event.atMs;
  }

  #openOne(
    view: NodeView,
    startedMs: number,
    path: RestartPath,
    trigger: Trigger,
    targets: readonly string[],
    before: CensusEvent | undefined,
    more: Partial<Pick<Opening, 'round' | 'waitsForHeal' | 'blowsBefore'>>,
  ): OpenReceipt {
    return this.#ledger.begin({
      ...{ view, before, path, trigger, startedMs, targets, waitsForHeal: false },
      baselineShare: this.baselineShare(view.name),
      ...more,
    });
  }

  #end(atMs: number): void {
    this.#ledger.closeAll(atMs);
    if (this.#state === 'watching') this.#state = 'over';
  }
}
