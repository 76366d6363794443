// Which window a moment belongs to, per node and for the whole tier: baseline, fault, recovery, after (DESIGN 4). Known for
// times at which no receipt is open any more.
import type { Receipt, WindowKind } from './model.js';
import { nodeOf } from '../plan/posts.js';
import { claimOf, returnOf } from './evidence.js';

export interface Segment {
  readonly kind: WindowKind;
  readonly round: number | undefined;
  /** Tells windows of the same kind and round apart. */
  readonly key: string;
}

const RANK: Readonly<Record<WindowKind, number>> = { fault: 0, recovery: 1, after: 2, baseline: 3 };

export class Segments {
  #recent: Receipt[] = [];
  readonly #last = new Map<string, Receipt>();
  #latest: Receipt | undefined;

  add(receipt: Receipt): void {
    this.#recent.push(receipt);
  }

  /** Forgets what ended before `ms`, but for what each node was left as. */
  forgetBefore(ms: number): void {
    const past = this.#recent.filter((receipt) => receipt.judgedMs <= ms);
    if (past.length === 0) return;
    for (const receipt of past) {
      this.#last.set(receipt.node, receipt);
      this.#latest = receipt;
    }
    this.#recent = this.#recent.filter((receipt) => receipt.judgedMs > ms);
  }

  /** The worst that a short time belongs to: what a fault breaks at once must not count for the calm before it. */
  within(node: string | null, fromMs: number, toMs: number): Segment {
    const first = this.#of(node, fromMs);
    const last = this.#of(node, toMs);
    return RANK[last.kind] < RANK[first.kind] ? last : first;
  }

  #of(node: string | null, ms: number): Segment {
    if (node === null) return this.#ofTier(ms);
    const isOwn = (receipt: Receipt): boolean => nodeOf(receipt.node) === node;
    const own = this.#recent.filter((receipt) => isOwn(receipt) && covers(receipt, ms));
    const lost = [...this.#last.values()].filter((receipt) => isOwn(receipt) && isLost(receipt));
    return worst((own.length > 0 ? own : lost).map((receipt) => segmentOf(receipt, ms))) ?? this.#ofTier(ms);
  }

  #ofTier(ms: number): Segment {
    const open = this.#recent.filter((receipt) => covers(receipt, ms)).map((receipt) => segmentOf(receipt, ms));
    const lost = [...this.#last.values()].filter(isLost).map((receipt) => segmentOf(receipt, ms));
    const found = worst([...open, ...lost]);
    if (found) return { ...found, key: `${found.kind} ${found.round ?? '-'}` };
    if (this.#latest) return { kind: 'after', round: this.#latest.round, key: `after ${this.#latest.round ?? '-'}` };
    return { kind: 'baseline', round: undefined, key: 'baseline' };
  }
}

/** A node may have several, one a service. */
function worst(segments: readonly Segment[]): Segment | undefined {
  return [...segments].sort((a, b) => RANK[a.kind] - RANK[b.kind])[0];
}

/** A supervisor acts before its line is read, and closes its listener before its process ends. */
export const EARLY_MS = 500;

function covers(receipt: Receipt, ms: number): boolean {
  const { startedMs, firstBlowMs = startedMs, trigger } = receipt;
  const fromMs = trigger.kind === 'fault' ? firstBlowMs : startedMs - EARLY_MS;
  return fromMs <= ms && ms < receipt.judgedMs;
}

/** Closed without an answer: until its next restart it stays away. */
function isLost(receipt: Receipt): boolean {
  const answers = claimOf(receipt, 'answers');
  return answers.state === 'broken' || answers.state === 'not-observed';
}

function segmentOf(receipt: Receipt, ms: number): Segment {
  const kind = kindAt(receipt, ms);
  // Its hold goes over into the calm that follows, without a break.
  const key = kind === 'after' ? `after ${receipt.round ?? '-'}` : `${kind} ${receipt.node} ${receipt.restart}`;
  return { kind, round: receipt.round, key };
}

function kindAt(receipt: Receipt, ms: number): WindowKind {
  const back = returnOf(receipt);
  if (back.state !== 'held' || ms < (back.atMs ?? 0)) return 'fault';
  const share = claimOf(receipt, 'share-restored');
  if (share.state === 'not-applicable') return 'after';
  return share.state !== 'held' || ms < (share.atMs ?? 0) ? 'recovery' : 'after';
}
