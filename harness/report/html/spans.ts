// Spans of time with a word: a state that lasts until the next one. Closed at the end of what was seen.
import { tenth } from '../../verdict/receipts/closing.js';

export interface Span {
  readonly fromMs: number;
  toMs: number;
  readonly word: string;
  readonly tone: SpanTone;
  readonly note?: string;
}

/** `good`: as it should be; `bad`: broken; `between`: on its way from one to the other. */
export type SpanTone = 'good' | 'bad' | 'between';

/** One state at a time: what follows ends what was. */
export class Spans {
  readonly #done: Span[] = [];
  #open: Span | undefined;

  /** The same word again changes nothing. */
  set(atMs: number, word: string, tone: SpanTone, note?: string): void {
    if (this.#open?.word === word && this.#open.tone === tone) return;
    this.end(atMs);
    this.#open = { fromMs: atMs, toMs: atMs, word, tone, ...(note === undefined ? {} : { note }) };
  }

  end(atMs: number): void {
    if (this.#open === undefined) return;
    this.#open.toMs = Math.max(this.#open.fromMs, atMs);
    this.#done.push(this.#open);
    this.#open = undefined;
  }

  /** What was so far, the open one until `endMs`; `zeroMs`: the moment that is 0 from now on. */
  finish(endMs: number, zeroMs: number): readonly Span[] {
    const open = this.#open && { ...this.#open, toMs: Math.max(this.#open.fromMs, endMs) };
    return [...this.#done, ...(open ? [open] : [])].map((span) => ({
      ...span,
      fromMs: tenth(span.fromMs - zeroMs),
      toMs: tenth(span.toMs - zeroMs),
    }));
  }
}
