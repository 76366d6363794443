// What was served in each window, per node and for the tier. Counts are held back while a receipt is open, because only
// its closing says where its windows end; memory is bounded by the longest receipt.
import type { Plan } from '../plan/plan.js';
import { LatencyHistogram } from '../record/histogram.js';
import type { JournalEvent } from '../record/events.js';
import type { WindowResult } from './model.js';
import { tenth } from './receipts/closing.js';
import type { ReceiptTracker } from './receipts/tracker.js';
import { EARLY_MS, Segments, type Segment } from './segments.js';

const BIN_MS = 100;
/** What is counted in a bin was counted for so long from somewhere in it. */
const FRAME_MS = 100;
/** Lines of the journal may be so late. */
const LATE_MS = 3_000;

interface Counts {
  answered: number;
  failed: number;
  masked: number;
}

interface Bin {
  readonly byNode: Map<string | null, Counts>;
  readonly latency: (readonly [number, number])[];
}

interface OpenWindow {
  readonly segment: Segment;
  readonly fromMs: number;
  readonly counts: Counts;
  readonly histogram: LatencyHistogram;
  lastGoodMs: number;
  darkMs: number;
}

export class Windows {
  readonly #tracker: ReceiptTracker;
  readonly #subjects: readonly (string | null)[];
  readonly #segments = new Segments();
  readonly #bins = new Map<number, Bin>();
  readonly #open = new Map<string | null, OpenWindow>();
  readonly #results: WindowResult[] = [];
  #receiptsSeen = 0;
  #nextBin = 0;
  #latestMs = 0;

  constructor(plan: Plan, tracker: ReceiptTracker) {
    this.#tracker = tracker;
    this.#subjects = [null, ...plan.nodes];
  }

  /** After the tracker has taken the same event. */
  step(event: JournalEvent): void {
    const startMs = this.#tracker.loadStartMs;
    if (startMs === undefined || !this.#tracker.isWatching) return;
    const ms = event.atMs - startMs;
    this.#latestMs = Math.max(this.#latestMs, ms);
    if (event.kind === 'traffic') {
      for (const { node, outcome, count, retried } of event.cells) {
        // The tier's books are the generator's: what users saw. The balancer's tell of nodes, and of what it masked.
        if (outcome === 'ok') this.#counts(ms, null).masked += retried;
        if (node === null) continue;
        const counts = this.#counts(ms, node);
        if (outcome === 'ok') {
          counts.answered += count;
          counts.masked += retried;
        } else counts.failed += count;
      }
    } else if (event.kind === 'load-frame') {
      const counts = this.#counts(ms, null);
      counts.answered += event.answered;
      for (const count of Object.values(event.failed)) counts.failed += count;
      this.#bin(ms).latency.push(...event.latency);
    }
    this.#flush(startMs);
  }

  #bin(ms: number): Bin {
    const index = Math.max(this.#nextBin, Math.floor(ms / BIN_MS));
    let bin = this.#bins.get(index);
    if (!bin) this.#bins.set(index, (bin = { byNode: new Map(), latency: [] }));
    return bin;
  }

  #counts(ms: number, subject: string | null): Counts {
    const { byNode } = this.#bin(ms);
    let counts = byNode.get(subject);
    if (!counts) byNode.set(subject, (counts = { answered: 0, failed: 0, masked: 0 }));
    return counts;
  }

  #flush(startMs: number): void {
    const openFrom = this.#tracker.openReceipts().map((receipt) => receipt.firstMs - startMs - EARLY_MS);
    this.#flushUntil(Math.min(this.#latestMs - LATE_MS, ...openFrom));
  }

  #flushUntil(ms: number): void {
    if ((this.#nextBin + 1) * BIN_MS > ms) return;
    const closed = this.#tracker.closed();
    for (; this.#receiptsSeen < closed.length; this.#receiptsSeen += 1) this.#segments.add(closed[this.#receiptsSeen]!);
    for (; (this.#nextBin + 1) * BIN_MS <= ms; this.#nextBin += 1) {
      const fromMs = this.#nextBin * BIN_MS;
      this.#segments.forgetBefore(fromMs);
      const bin = this.#bins.get(this.#nextBin);
      this.#bins.delete(this.#nextBin);
      for (const subject of this.#subjects) this.#put(subject, fromMs, bin);
    }
  }

  #put(subject: string | null, fromMs: number, bin: Bin | undefined): void {
    const segment = this.#segments.within(subject, fromMs, fromMs + BIN_MS + FRAME_MS - 0.1);
    let open = this.#open.get(subject);
    if (open && open.segment.key !== segment.key) {
      this.#close(subject, open, fromMs);
      open = undefined;
    }
    if (!open) {
      const counts = { answered: 0, failed: 0, masked: 0 };
      open = { segment, fromMs, counts, histogram: new LatencyHistogram(), lastGoodMs: fromMs, darkMs: 0 };
      this.#open.set(subject, open);
    }
    const counts = bin?.byNode.get(subject);
    if (subject === null) for (const [bucket, count] of bin?.latency ?? []) open.histogram.add(bucket, count);
    if (!counts) return;
    open.counts.answered += counts.answered;
    open.counts.failed += counts.failed;
    open.counts.masked += counts.masked;
    if (counts.answered > 0) {
      open.darkMs = Math.max(open.darkMs, fromMs - open.lastGoodMs);
      open.lastGoodMs = fromMs + BIN_MS;
    }
  }

  #close(node: string | null, open: OpenWindow, toMs: number): void {
    const { segment, fromMs, counts, histogram } = open;
    const ended = counts.answered + counts.failed;
    const p50Ms = histogram.percentile(0.5);
    const p99Ms = histogram.percentile(0.99);
    this.#results.push({
      kind: segment.kind,
      node,
      ...(segment.round === undefined ? {} : { round: segment.round }),
      fromMs,
      toMs,
      ...counts,
      failedShare: ended === 0 ? 0 : Math.round((counts.failed / ended) * 1e6) / 1e6,
      perSecond: toMs > fromMs ? tenth((counts.answered / (toMs - fromMs)) * 1000) : 0,
      ...(p50Ms === undefined ? {} : { p50Ms: tenth(p50Ms) }),
      ...(p99Ms === undefined ? {} : { p99Ms: tenth(p99Ms) }),
      darkMs: Math.max(open.darkMs, toMs - open.lastGoodMs),
    });
  }

  /** After the tracker has finished: everything is closed. */
  finish(): readonly WindowResult[] {
    this.#flushUntil(Math.floor(this.#latestMs / BIN_MS) * BIN_MS);
    for (const [subject, open] of this.#open) this.#close(subject, open, this.#nextBin * BIN_MS);
    const order = (node: string | null): number => this.#subjects.indexOf(node);
    return [...this.#results].sort((a, b) => order(a.node) - order(b.node) || a.fromMs - b.fromMs);
  }
}
