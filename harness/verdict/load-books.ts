// What was offered, answered and lost in an environment: the generator's books, or its frames where it left none.
import type { BalancerBooksEvent, FailureKind, JournalEvent, LoadTotals } from '../record/events.js';
import type { LoadResult } from './model.js';

/** A few lines are lost where a stream is attached or cut; more than this could hide what a claim needs. */
const MISSING_SHARE = 0.005;
const MISSING_LEAST = 10;
/** Lines come later than the answers that they tell of; in a journal that broke off, the last ones never came. */
const LATEST_LINE_MS = 3_000;

export class LoadBooks {
  #balancer: BalancerBooksEvent | undefined;
  #goodLines = 0;
  #lastLinesMs = -Infinity;
  /** The frames that may have no lines yet. */
  #latest: { readonly atMs: number; readonly answered: number }[] = [];
  #totals: LoadTotals | undefined;
  #offered = 0;
  #answered = 0;
  #unsent = 0;
  #inFlight = 0;
  readonly #failed: Partial<Record<FailureKind, number>> = {};

  step(event: JournalEvent): void {
    if (event.kind === 'load' && event.totals) this.#totals = event.totals;
    if (event.kind === 'balancer-books') this.#balancer = event;
    if (event.kind === 'traffic') {
      this.#lastLinesMs = Math.max(this.#lastLinesMs, event.atMs);
      for (const { outcome, count } of event.cells) if (outcome === 'ok') this.#goodLines += count;
    }
    if (event.kind !== 'load-frame') return;
    this.#latest = this.#latest.filter(({ atMs }) => atMs > event.atMs - LATEST_LINE_MS);
    this.#latest.push({ atMs: event.atMs, answered: event.answered });
    this.#offered += event.offered;
    this.#answered += event.answered;
    this.#unsent += event.unsent;
    this.#inFlight = event.inFlight;
    for (const [kind, count] of Object.entries(event.failed) as [FailureKind, number][]) {
      this.#failed[kind] = (this.#failed[kind] ?? 0) + count;
    }
  }

  /**
   * Good answers that the balancer's log lacks. Requests that hang have no line until they end, so that served requests
   * and lines never quite agree; a user's good answer without a line is a line that was lost.
   */
  missingLines(): number {
    const answered = this.#totals?.answered ?? this.#answered - this.#withoutLines();
    const missing = Math.max(this.#balancer?.droppedLogs ?? 0, answered - this.#goodLines);
    return missing > Math.max(MISSING_LEAST, answered * MISSING_SHARE) ? missing : 0;
  }

  #withoutLines(): number {
    const late = this.#latest.filter(({ atMs }) => atMs > this.#lastLinesMs);
    return late.reduce((sum, { answered }) => sum + answered, 0);
  }

  result(): LoadResult {
    if (this.#totals) {
      const { offered, answered, failed, unsent, inFlight, lateness, cpuShare, notes = [], hides } = this.#totals;
      const all = hides === undefined ? notes : [hides, ...notes];
      return {
        ...{ offered, answered, failed, unsent, inFlight, lateness, cpuShare },
        ...(all.length > 0 ? { notes: all } : {}),
      };
    }
    return {
      offered: this.#offered,
      answered: this.#answered,
      failed: this.#failed,
      unsent: this.#unsent,
      inFlight: this.#inFlight,
      lateness: null,
      cpuShare: null,
    };
  }
}
