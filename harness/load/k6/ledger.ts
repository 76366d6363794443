// What k6 tells, entered into the books in the order of its own times: a stream arrives late and out of order between
// virtual users, so that everything waits a little before it is entered.
import type { LoadPlan } from '../../plan/load-plan.js';
import type { LoadTotals } from '../../record/events.js';
import { Books, type BookedFrame } from '../books.js';
import { dueTimes } from '../open/arrivals.js';
import { METRIC } from './metrics.js';
import type { K6Summary, Told } from './parse.js';

/** k6 hands its samples over five times a second. */
const WAITS_MS = 600;
/** https://grafana.com/docs/k6/latest/using-k6/scenarios/executors/ramping-arrival-rate: the k-th start is where the integral of the rate reaches k. */
const FROM_ONE = { next: () => 1, fork: () => FROM_ONE };
/** k6 starts so many iterations more or less than planned; measured, docs/decisions/0007. */
export const K6_TOLERANCE = 2;

type Entry = Exclude<Told, { what: 'origin' } | { what: 'summary' }> & { readonly atMs: number };

export interface LedgerOptions {
  /** A user's own script tells of requests at their end only. */
  readonly ownScript: boolean;
  readonly startMs: number;
  /** Requests that the script's own setup sent before the load began. */
  readonly before: number;
}

/** k6's own count of requests, whoever sent them. */
const REQUESTS = 'http_reqs';

export class Ledger {
  readonly #books: Books;
  readonly #ownScript: boolean;
  readonly #due: Iterator<number, void, undefined> | undefined;
  readonly #flights = new Map<string, number>();
  #waiting: Entry[] = [];
  #clockMs: number;
  /** From the plan's zero to k6's own, as the most punctual start shows it. */
  #zeroMs = Infinity;
  #told: number;

  constructor({ model, stages }: Pick<LoadPlan, 'model' | 'stages'>, { ownScript, startMs, before }: LedgerOptions) {
    this.#clockMs = startMs;
    this.#books = new Books(startMs, () => this.#clockMs);
    this.#ownScript = ownScript;
    this.#told = before;
    if (model === 'open' && !ownScript) this.#due = dueTimes(stages, 'even', FROM_ONE);
  }

  /** `atMs`: monotonic. */
  take(told: Entry): void {
    this.#waiting.push(told);
    if (told.what === 'sent' || told.what === 'request') this.#told += 1;
  }

  /** Frames that are complete at this moment. */
  turn(nowMs: number, level: number): readonly BookedFrame[] {
    this.#enterUntil(nowMs - WAITS_MS);
    return this.#books.turn(level);
  }

  /** Everything that is left. */
  last(nowMs: number, level: number): readonly BookedFrame[] {
    this.#enterUntil(nowMs);
    return this.#books.last(level);
  }

  /** `summary` undefined: k6 gave no account of its own, so that there is nothing to hold the books against. */
  totals(summary: K6Summary | undefined): LoadTotals {
    const totals = this.#books.totals();
    if (!summary) return { ...totals, tolerance: K6_TOLERANCE };
    const counted = summary.counts[this.#ownScript ? REQUESTS : METRIC.sent] ?? 0;
    return { ...totals, balance: totals.balance + counted - this.#told, tolerance: K6_TOLERANCE };
  }

  #enterUntil(untilMs: number): void {
    const ready = this.#waiting.filter(({ atMs }) => atMs <= untilMs);
    if (ready.length > 0) {
      this.#waiting = this.#waiting.filter(({ atMs }) => atMs > untilMs);
      for (const entry of ready.sort((left, right) => left.atMs - right.atMs)) this.#enter(entry);
    }
    this.#clockMs = Math.max(this.#clockMs, untilMs);
  }

  #enter(entry: Entry): void {
    this.#clockMs = Math.max(this.#clockMs, entry.atMs);
    switch (entry.what) {
      case 'sent': {
        const lateMs = this.#due ? this.#lateMs(entry.atMs) : entry.lateMs;
        this.#flights.set(entry.user, entry.atMs - lateMs);
        this.#books.offer(lateMs);
        break;
      }
      case 'ended': {
        const dueMs = this.#flights.get(entry.user);
        if (dueMs === undefined) break; // Its start was lost: k6's own count will tell.
        this.#flights.delete(entry.user);
        this.#end(entry.kind, entry.atMs - dueMs, entry.source);
        break;
      }
      case 'dropped':
        for (let nth = 0; nth < entry.count; nth += 1) {
          this.#due?.next();
          this.#books.leaveUnsent();
        }
        break;
      case 'request':
        this.#books.offer(0);
        this.#end(entry.kind, entry.tookMs, { request: -1, node: null, generation: null });
        break;
    }
  }

  #end(kind: Parameters<Books['fail']>[0] | undefined, tookMs: number, source: Parameters<Books['fail']>[1]): void {
    if (kind === undefined) this.#books.answer(tookMs, source);
    else this.#books.fail(kind, source);
  }

  /** How much later than its place in the plan, on the clock of the most punctual one so far. */
  #lateMs(atMs: number): number {
    const due = this.#due?.next();
    if (!due || due.done === true) return 0;
    this.#zeroMs = Math.min(this.#zeroMs, atMs - due.value);
    return atMs - due.value - this.#zeroMs;
  }
}
