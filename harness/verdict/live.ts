// The receipts while a run goes on: the tracker fed by the journal itself. The conductor asks it whether it may go on.
import type { Plan } from '../plan/plan.js';
import type { Emitter } from '../core/emitter.js';
import type { JournalEvent } from '../record/events.js';
import { hasBroken } from './evidence.js';
import { ReceiptTracker } from './receipts/tracker.js';

export class LiveReceipts {
  readonly tracker: ReceiptTracker;

  constructor(plan: Plan, journal: { readonly events: Emitter<JournalEvent> }) {
    this.tracker = new ReceiptTracker(plan);
    journal.events.on((event) => this.tracker.step(event));
  }

  /** Lets time pass: holds may end. */
  tick(nowMs: number): void {
    this.tracker.tick(nowMs);
  }

  /** Is a restart of this node (or, without a name, of any) still being watched? */
  isOpen(node?: string): boolean {
    return node === undefined ? this.tracker.openReceipts().length > 0 : this.tracker.openOf(node) !== undefined;
  }

  /** Has a closed receipt a broken claim? */
  hasBroken(): boolean {
    return this.tracker.closed().some(hasBroken);
  }
}
