// The engine's event stream for the containers of one environment: who of them ended, who was started. One stream for
// all of them, open while anybody follows one; observers attach again by it, the supervisor `docker` watches by it.
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { monotonicMs, sleep } from '../../core/clock.js';
import { LineSplitter } from './frames.js';
import type { ContainerChange } from './runtime.js';

type Listener = (change: ContainerChange) => void;

const OPEN_AGAIN_AFTER_MS = 200;
/** The engine answers a late asker from its memory of the last 256 events (its documentation of `docker events`). */
const REMEMBERED = 256;

/** One line of the stream; fields as in the engine's API, "Monitor events". */
export interface EngineEvent {
  readonly Action: string;
  readonly timeNano: number;
  readonly Actor: { readonly ID: string; readonly Attributes?: Readonly<Record<string, string>> };
}

export class LifeStream {
  readonly #docker: Dockerode;
  readonly #labels: readonly string[];
  readonly #listeners = new Map<string, Set<Listener>>();
  #opening: Promise<void> | undefined;
  #close: () => void = () => undefined;
  #closed = false;
  #lastNano = 0;
  /** Counts the times that nobody listened any more: an attempt to open again ends with the listeners it was for. */
  #era = 0;
  readonly #seen: string[] = [];

  constructor(docker: Dockerode, labels: readonly string[]) {
    this.#docker = docker;
    this.#labels = labels;
  }

  /** Resolves once the stream is open: what happens from then on is told. Returns what ends it. */
  async follow(containerId: string, listener: Listener): Promise<() => void> {
    const listeners = this.#listeners.get(containerId) ?? new Set();
    this.#listeners.set(containerId, listeners.add(listener));
    const stop = (): void => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(containerId) === listeners) this.#listeners.delete(containerId);
      if (this.#listeners.size === 0) this.#shut();
    };
    try {
      await (this.#opening ??= this.#open());
      return stop;
    } catch (error) {
      this.#opening = undefined;
      stop();
      throw error;
    }
  }

  /** For good. */
  end(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#shut();
  }

  #shut(): void {
    this.#opening = undefined;
    this.#era += 1;
    this.#lastNano = 0; // What happens while nobody listens is nobody's.
    this.#close();
    this.#close = () => undefined;
  }

  async #open(): Promise<void> {
    const stream = await this.#docker.getEvents({
      filters: { type: ['container'], event: ['die', 'start', 'oom'], label: [...this.#labels] },
      ...this.#since(),
    });
    let stopped = false;
    const lines = new LineSplitter((line) => !stopped && this.#take(line));
    stream.on('data', (chunk: Buffer) => lines.push(chunk));
    const ended = (): void => {
      if (stopped) return;
      stopped = true;
      this.#opening = this.#openAgain();
      this.#opening.catch(() => undefined);
    };
    for (const end of ['end', 'close', 'error']) stream.once(end, ended);
    this.#close = () => {
      stopped = true;
      if (stream instanceof Readable) stream.destroy();
    };
    if (this.#closed || this.#listeners.size === 0) this.#shut();
  }

  /** Nanoseconds are beyond the precision of a number: a millisecond earlier, and what was taken is not taken again. */
  #since(): { readonly since?: number } {
    return this.#lastNano === 0 ? {} : { since: Math.floor(this.#lastNano / 1e6 - 1) / 1e3 };
  }

  /** A stream that broke is opened again while somebody listens; what was missed comes first. */
  async #openAgain(): Promise<void> {
    const era = this.#era;
    for (;;) {
      await sleep(OPEN_AGAIN_AFTER_MS);
      if (era !== this.#era) return;
      try {
        return await this.#open();
      } catch {
        // The engine is away. Whoever needs it meanwhile says so; here it only matters that it comes back.
      }
    }
  }

  #take(line: string): void {
    const event = parseEvent(line);
    if (!event) return;
    const mark = `${event.Actor.ID} ${event.Action} ${event.timeNano}`;
    if (this.#seen.includes(mark)) return;
    this.#seen.push(mark);
    if (this.#seen.length > REMEMBERED) this.#seen.shift();
    this.#lastNano = Math.max(this.#lastNano, event.timeNano);
    const change = changeOf(event, monotonicMs());
    if (change) for (const listener of this.#listeners.get(event.Actor.ID) ?? []) listener(change);
  }
}

export function parseEvent(line: string): EngineEvent | undefined {
  if (line.trim() === '') return undefined;
  const event = JSON.parse(line) as Partial<EngineEvent>;
  if (typeof event.Action !== 'string' || typeof event.Actor?.ID !== 'string') return undefined;
  return { Action: event.Action, Actor: event.Actor, timeNano: event.timeNano ?? 0 };
}

export function changeOf({ Action: action, Actor: actor }: EngineEvent, atMs: number): ContainerChange | undefined {
  switch (action) {
    case 'die': {
      const exitCode = Number(actor.Attributes?.['exitCode']);
      return { kind: 'ended', exitCode: Number.isInteger(exitCode) ? exitCode : -1, atMs };
    }
    case 'start':
      return { kind: 'started', atMs };
    case 'oom':
      return { kind: 'out-of-memory', atMs };
    default:
      return undefined;
  }
}
