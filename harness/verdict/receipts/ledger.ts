// The receipts of a run, as restarts follow one another on each post: opened with the number of the restart, dropped where
// it was none of its own, closed when it is due. What a restart is, is for the tracker.
import type { Plan } from '../../plan/plan.js';
import { planAt } from '../../plan/posts.js';
import type { Receipt } from '../model.js';
import { closeReceipt, dueMs, type Cause, type Judging } from './closing.js';
import { OpenReceipt, type Opening } from './open-receipt.js';

export class Ledger {
  readonly #plan: Plan;
  readonly #judging: () => Judging;
  readonly #whenClosed: (receipt: OpenReceipt) => void;
  readonly #open = new Map<string, OpenReceipt>();
  readonly #closed: Receipt[] = [];
  readonly #lastClosed = new Map<string, Receipt>();
  readonly #ordinals = new Map<string, number>();
  /** Of each post, the start of the first of a row of restarts of which none was recovered. */
  readonly #chainStarts = new Map<string, number>();

  constructor(plan: Plan, judging: () => Judging, whenClosed: (receipt: OpenReceipt) => void) {
    this.#plan = plan;
    this.#judging = judging;
    this.#whenClosed = whenClosed;
  }

  /** True from the first restart on. */
  get hasBegun(): boolean {
    return this.#ordinals.size > 0;
  }

  get open(): readonly OpenReceipt[] {
    return [...this.#open.values()];
  }

  get closed(): readonly Receipt[] {
    return this.#closed;
  }

  openOf(post: string): OpenReceipt | undefined {
    return this.#open.get(post);
  }

  lastClosedOf(post: string): Receipt | undefined {
    return this.#lastClosed.get(post);
  }

  /** One that is still open at this post is judged now: it was restarted again. */
  begin(opening: Omit<Opening, 'restart' | 'chainStartMs'>): OpenReceipt {
    const { view, startedMs, before } = opening;
    const earlier = this.#open.get(view.name);
    if (earlier) this.#close(earlier, startedMs, 'restart');
    const restart = (this.#ordinals.get(view.name) ?? 0) + 1;
    this.#ordinals.set(view.name, restart);
    const chainStartMs = this.#chainStarts.get(view.name) ?? startedMs;
    this.#chainStarts.set(view.name, chainStartMs);
    const receipt = new OpenReceipt({ ...opening, restart, chainStartMs }, planAt(this.#plan, view.post.service?.name));
    this.#open.set(view.name, receipt);
    if (view.census && view.census !== before) receipt.takeCensus(view.census, []);
    return receipt;
  }

  /** It was no restart of its own: forgotten, with its number. */
  drop(receipt: OpenReceipt): void {
    this.#open.delete(receipt.node);
    this.#chainStarts.delete(receipt.node);
    const restart = receipt.opening.restart - 1;
    if (restart === 0) this.#ordinals.delete(receipt.node);
    else this.#ordinals.set(receipt.node, restart);
  }

  closeDue(nowMs: number): void {
    if (this.#open.size === 0) return;
    const due = this.open
      .map((receipt) => ({ receipt, atMs: dueMs(receipt) }))
      .filter(({ atMs }) => atMs <= nowMs)
      .sort((a, b) => a.atMs - b.atMs);
    for (const { receipt, atMs } of due) {
      this.#close(receipt, atMs, receipt.recoveredSinceMs === undefined ? 'deadline' : 'hold');
    }
  }

  /** The watching is over: what is still open is judged as it stands. */
  closeAll(atMs: number): void {
    for (const receipt of this.open) this.#close(receipt, Math.max(atMs, receipt.startedMs), 'end');
  }

  #close(receipt: OpenReceipt, atMs: number, cause: Cause): void {
    this.#open.delete(receipt.node);
    const judged = closeReceipt(receipt, this.#judging(), atMs, cause);
    this.#closed.push(judged);
    this.#lastClosed.set(receipt.node, judged);
    this.#whenClosed(receipt);
    // In a row of restarts of which none was recovered, the limit counts from the first.
    if (cause !== 'restart' || receipt.everRecovered) this.#chainStarts.delete(receipt.node);
  }
}
