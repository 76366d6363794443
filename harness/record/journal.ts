// The journal: append-only, one JSON line per event. Everyone who observes hands events to it; it makes their times
// relative, writes them down and passes them on to whoever watches live (board, conductor, tracker).
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { monotonicMs } from '../core/clock.js';
import { Emitter } from '../core/emitter.js';
import { messageOf } from '../core/errors.js';
import type { JournalEvent, Observe } from './events.js';
import { packed } from './packed-rows.js';

const FLUSH_EVERY_MS = 200;

export class Journal {
  /** CLOCK_MONOTONIC of atMs = 0. */
  readonly zeroMs = monotonicMs();
  readonly events = new Emitter<JournalEvent>();
  readonly #file: number;
  readonly #timer: NodeJS.Timeout;
  #pending: string[] = [];
  #closed = false;
  #failure: string | undefined;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
    this.#timer = setInterval(() => this.#flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  /** Why the journal is not whole on disk (a full disk, for example); undefined while it is. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** ms since zero, now. */
  nowMs(): number {
    return this.toRelative(monotonicMs());
  }

  toRelative(monotonic: number): number {
    return Math.round((monotonic - this.zeroMs) * 10) / 10;
  }

  /** Hands an event over. After close, late events are dropped: the run is over. */
  readonly observe: Observe = (event) => {
    if (this.#closed) return;
    // A union of object types loses its discriminant link in a spread; kind and fields come from one event.
    const written = { ...event, atMs: this.toRelative(event.atMs ?? monotonicMs()) } as JournalEvent;
    this.#pending.push(JSON.stringify(packed(written)));
    // A round that anybody was told of must be there when this process is killed right after.
    if (written.kind === 'round') this.#flush();
    this.events.emit(written);
  };

  #flush(): void {
    if (this.#pending.length === 0 || this.#failure !== undefined) return;
    const text = this.#pending.join('\n') + '\n';
    this.#pending = [];
    try {
      const bytes = Buffer.from(text);
      for (let offset = 0; offset < bytes.length;) offset += writeSync(this.#file, bytes, offset);
    } catch (error) {
      this.#failure = messageOf(error);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#flush();
    try {
      fsyncSync(this.#file);
    } catch (error) {
      this.#failure ??= messageOf(error);
    }
    closeSync(this.#file);
  }
}
