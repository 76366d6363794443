// What was served in each window: by node, by request, and in the whole tier. Counts are held back while a receipt is open,
// because only its closing says where its windows end; memory is bounded by the longest receipt.
import type { Plan } from '../plan/plan.js';
import type { JournalEvent, LoadFrameEvent, TrafficEvent } from '../record/events.js';
import type { RequestFigures, WindowResult } from './model.js';
import type { ReceiptTracker } from './receipts/tracker.js';
import { EARLY_MS, Segments, type Segment } from './segments.js';
import { SteadyLevel } from './steady-level.js';
import { Counts, Tally } from './tally.js';
import { RequestsToldApart } from './told-apart.js';

const BIN_MS = 100;
/** What is counted in a bin was counted for so long from somewhere in it. */
const FRAME_MS = 100;
/** Lines of the journal may be so late. */
const LATE_MS = 3_000;

interface Bin {
  readonly byNode: Map<string | null, Counts>;
  readonly byRequest: Map<string | null, Counts>;
}

interface OpenWindow {
  readonly segment: Segment;
  readonly fromMs: number;
  readonly tally: Tally;
  /** Whole tier only. */
  readonly byRequest: Map<string | null, Tally>;
  lastGoodMs: number;
  darkMs: number;
}

export class Windows {
  readonly #tracker: ReceiptTracker;
  readonly #subjects: readonly (string | null)[];
  readonly #requests: RequestsToldApart;
  /** Absent: nobody asks how much was answered at which level. */
  readonly #levels: SteadyLevel | undefined;
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
    this.#requests = new RequestsToldApart(plan);
    const { limits, load } = plan;
    const all = [limits, limits.nodes, ...Object.values(limits.requests ?? {})];
    this.#levels = all.some((each) => each?.throughput) ? new SteadyLevel(load.stages) : undefined;
  }

  /** After the tracker has taken the same event. */
  step(event: JournalEvent): void {
    const startMs = this.#tracker.loadStartMs;
    if (startMs === undefined || !this.#tracker.isWatching) return;
    const ms = event.atMs - startMs;
    this.#latestMs = Math.max(this.#latestMs, ms);
    if (event.kind === 'traffic') this.#traffic(ms, event);
    if (event.kind === 'load-frame') this.#frame(ms, event);
    this.#flush(startMs);
  }

  /** The tier's books are the generator's: what users saw. The balancer's tell of nodes, and of what it masked. */
  #traffic(ms: number, { cells }: TrafficEvent): void {
    const { byNode } = this.#bin(ms);
    for (const { node, outcome, count, retried } of cells) {
      const isGood = outcome === 'ok';
      if (isGood) countsOf(byNode, null).masked += retried;
      if (node === null) continue;
      const counts = countsOf(byNode, node);
      counts.take(isGood ? count : 0, isGood ? 0 : count, []);
      if (isGood) counts.masked += retried;
    }
  }

  #frame(ms: number, { answered, failed, latency, by = [] }: LoadFrameEvent): void {
    const { byNode, byRequest } = this.#bin(ms);
    countsOf(byNode, null).take(answered, sum(failed), latency);
    for (const row of by) {
      // How many a node answered is known from the balancer; how long users waited for them only from the users.
      if (row.node !== null) countsOf(byNode, row.node).take(0, 0, row.latency);
      const request = this.#requests.nameOf(row.request);
      if (request !== undefined) countsOf(byRequest, request).take(row.answered, sum(row.failed), row.latency);
    }
  }

  #bin(ms: number): Bin {
    const index = Math.max(this.#nextBin, Math.floor(ms / BIN_MS));
    let bin = this.#bins.get(index);
    if (!bin) this.#bins.set(index, (bin = { byNode: new Map(), byRequest: new Map() }));
    return bin;
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
      const level = this.#levels?.of(fromMs, fromMs + BIN_MS);
      for (const subject of this.#subjects) this.#put(subject, fromMs, bin, level);
    }
  }

  #put(subject: string | null, fromMs: number, bin: Bin | undefined, level: number | undefined): void {
    const segment = this.#segments.within(subject, fromMs, fromMs + BIN_MS + FRAME_MS - 0.1);
    let open = this.#open.get(subject);
    if (open && open.segment.key !== segment.key) {
      this.#close(subject, open, fromMs);
      open = undefined;
    }
    if (!open) {
      const requests = subject === null ? this.#requests.names : [];
      const byRequest = new Map(requests.map((request) => [request, new Tally()]));
      open = { segment, fromMs, tally: new Tally(), byRequest, lastGoodMs: fromMs, darkMs: 0 };
      this.#open.set(subject, open);
    }
    const counts = bin?.byNode.get(subject);
    open.tally.add(counts, BIN_MS, level);
    for (const [request, tally] of open.byRequest) tally.add(bin?.byRequest.get(request), BIN_MS, level);
    if (!counts || counts.answered === 0) return;
    open.darkMs = Math.max(open.darkMs, fromMs - open.lastGoodMs);
    open.lastGoodMs = fromMs + BIN_MS;
  }

  #close(node: string | null, open: OpenWindow, toMs: number): void {
    const { segment, fromMs, tally, byRequest, lastGoodMs } = open;
    const requests = [...byRequest].map(([request, own]): RequestFigures => ({
      request,
      ...own.figures(toMs - fromMs),
    }));
    this.#results.push({
      kind: segment.kind,
      node,
      ...(segment.round === undefined ? {} : { round: segment.round }),
      fromMs,
      toMs,
      ...tally.figures(toMs - fromMs),
      masked: tally.masked,
      darkMs: Math.max(open.darkMs, toMs - lastGoodMs),
      ...(requests.some(({ answered, failed }) => answered + failed > 0) ? { requests } : {}),
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

function countsOf(map: Map<string | null, Counts>, key: string | null): Counts {
  let counts = map.get(key);
  if (!counts) map.set(key, (counts = new Counts()));
  return counts;
}

function sum(counts: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(counts).reduce<number>((total, count = 0) => total + count, 0);
}
