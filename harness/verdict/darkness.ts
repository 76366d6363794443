// When nobody got a good answer from the tier although somebody wanted one: the outage as users see it.
import type { JournalEvent } from '../record/events.js';

/** Longer than this without one good answer is a total outage. */
const OUTAGE_AFTER_MS = 5_000;
const FRAME_MS = 100;

export class Darkness {
  #lastGoodMs: number | undefined;
  #isLoaded = false;
  #longest = { ms: 0, fromMs: 0 };
  #outageAtMs: number | undefined;

  step(event: JournalEvent): void {
    if (event.kind === 'load') {
      if (event.state === 'started') {
        this.#isLoaded = true;
        this.#lastGoodMs = event.atMs;
      } else if (event.state !== 'stage') this.#isLoaded = false;
    }
    if (event.kind === 'phase' && event.phase === 'rounds' && event.state === 'ended') this.#isLoaded = false;
    if (event.kind !== 'load-frame' || !this.#isLoaded || this.#lastGoodMs === undefined) return;
    const endMs = event.atMs + FRAME_MS;
    // Where nobody asks, nobody is in the dark.
    const isWanted = event.offered > 0 || event.inFlight > 0 || Object.keys(event.failed).length > 0;
    if (event.answered > 0 || !isWanted) {
      this.#lastGoodMs = Math.max(this.#lastGoodMs, endMs);
      return;
    }
    const ms = endMs - this.#lastGoodMs;
    if (ms > this.#longest.ms) this.#longest = { ms, fromMs: this.#lastGoodMs };
    if (ms > OUTAGE_AFTER_MS) this.#outageAtMs ??= this.#lastGoodMs;
  }

  /** Longest time without one good answer, journal time. */
  get longest(): { readonly ms: number; readonly fromMs: number } {
    return this.#longest;
  }

  /** When the first total outage began; undefined when there was none. */
  get outageAtMs(): number | undefined {
    return this.#outageAtMs;
  }

  /** Is the tier dark at the end of what was seen? */
  isDarkAt(ms: number): boolean {
    return this.#outageAtMs !== undefined && this.#lastGoodMs !== undefined && ms - this.#lastGoodMs > OUTAGE_AFTER_MS;
  }
}
