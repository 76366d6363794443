// Every end of a supervisor, master or worker, matched by identity to who caused it.
import type { Ended, NodeView } from './node-view.js';
import type { OpenReceipt } from './open-receipt.js';

export interface Death {
  readonly node: string;
  readonly atMs: number;
  readonly role: Ended['role'];
  readonly pid: number;
  readonly command: string;
}

/** More of them than this are only counted. */
const KEPT = 200;

export class Deaths {
  #unexplained: Death[] = [];
  #more = 0;
  /** Of the receipt that was closed last, per node: its orphans may go later. */
  readonly #accountedLately = new Map<string, ReadonlySet<string>>();

  get unexplained(): readonly Death[] {
    return this.#unexplained;
  }

  get notKept(): number {
    return this.#more;
  }

  closed(receipt: OpenReceipt): void {
    if (receipt.trigger.kind !== 'unexplained') this.#accountedLately.set(receipt.node, receipt.accounted);
  }

  /** Nobody accounts for it, so far. */
  add(node: string, atMs: number, { role, process }: Ended): void {
    if (this.#unexplained.length >= KEPT) this.#more += 1;
    else this.#unexplained.push({ node, atMs, role, pid: process.pid, command: process.command });
  }

  /** A policy spoke up a moment later: what ended on that node since then was its doing. */
  explainedSince(node: string, atMs: number): void {
    this.#unexplained = this.#unexplained.filter((death) => death.node !== node || death.atMs < atMs);
  }

  /** Is this end the doing of a restart that is accounted for? */
  isAccounted(view: NodeView, ended: Ended, open: OpenReceipt | undefined): boolean {
    const { key } = ended.process;
    if (this.#accountedLately.get(view.name)?.has(key)) return true;
    if (!open) return false;
    if (open.accounted.has(key)) return open.trigger.kind !== 'unexplained';
    // A node that goes down: systemd becomes its own shutdown program (exec), and ends as that.
    if (open.path.subject === 'node' && open.hasLived(key)) return true;
    // A worker that a dying master still forked goes with it; a master that it executed beside itself does not.
    if (ended.role === 'master') return false;
    const parent = view.previous?.processes.find((process) => process.pid === ended.process.ppid);
    if (parent && open.accounted.has(parent.key)) {
      open.accounted.add(key);
      return open.trigger.kind !== 'unexplained';
    }
    return false;
  }
}
