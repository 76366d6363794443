// Reads a log once and keeps only numbers: requests per bucket, requests per kind, what was left out and why, and the first
// lines that cannot be read. Its memory does not grow with the log.
import type { Readable } from 'node:stream';
import { HarnessError } from '../core/errors.js';
import { formatShare } from '../core/units.js';
import { shown } from '../scenario/issue.js';
import { Curve } from './curve.js';
import { detectedFormat, logFormats, type LogFormatName } from './formats.js';
import { Kinds } from './kinds.js';
import { linesOf } from './lines.js';
import type { LogFormat, LogLine } from './log-format.js';
import { momentIn, type LogMoment } from './log-time.js';
import { sendable } from './target.js';

export interface TallyOptions {
  readonly format: LogFormatName | 'auto';
  readonly from?: LogMoment;
  readonly to?: LogMoment;
  readonly bucketMs: number;
  readonly anonymise: boolean;
  readonly writes: boolean;
  /** Share of lines that may be unreadable, 0..1. */
  readonly badLines: number;
}

export interface Tally {
  readonly format: string;
  readonly lines: number;
  readonly used: number;
  /** Reason -> lines, the most frequent first. */
  readonly leftOut: ReadonlyMap<string, number>;
  readonly unreadable: number;
  /** The first of them, as an error shows them. */
  readonly firstUnreadable: readonly string[];
  readonly curve: Curve;
  readonly kinds: Kinds;
  /** Of the log's own clock, minutes ahead of UTC. */
  readonly zoneMinutes: number;
}

const LINES_TO_DETECT = 20;
const UNREADABLE_SHOWN = 5;
const READS = ['GET', 'HEAD', 'OPTIONS'];
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

export async function tallyLog(
  source: Readable,
  name: string,
  options: TallyOptions,
  signal: AbortSignal,
): Promise<Tally> {
  const clerk = new Clerk(name, options);
  let early: string[] | undefined = options.format === 'auto' ? [] : undefined;
  if (options.format !== 'auto') clerk.format = logFormats[options.format];
  for await (const lines of linesOf(source, name, signal)) {
    if (!early) {
      clerk.takeAll(lines);
      continue;
    }
    early.push(...lines);
    if (early.filter(isWritten).length < LINES_TO_DETECT) continue;
    clerk.format = detectedFormat(name, early.filter(isWritten).slice(0, LINES_TO_DETECT));
    clerk.takeAll(early);
    early = undefined;
  }
  if (early?.some(isWritten)) {
    clerk.format = detectedFormat(name, early.filter(isWritten));
    clerk.takeAll(early);
  }
  return clerk.closed();
}

function isWritten(line: string): boolean {
  return line.trim() !== '';
}

class Clerk {
  readonly #name: string;
  readonly #options: TallyOptions;
  readonly #curve: Curve;
  readonly #kinds: Kinds;
  readonly #leftOut = new Map<string, number>();
  readonly #firstUnreadable: string[] = [];
  format: LogFormat | undefined;
  #number = 0;
  #lines = 0;
  #used = 0;
  #unreadable = 0;
  #zoneMinutes = 0;
  #range: { readonly fromMs: number; readonly toMs: number } | undefined;

  constructor(name: string, options: TallyOptions) {
    this.#name = name;
    this.#options = options;
    this.#curve = new Curve(options.bucketMs);
    this.#kinds = new Kinds(options.anonymise);
  }

  takeAll(lines: readonly string[]): void {
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    this.#number += 1;
    if (!isWritten(line) || !this.format) return;
    this.#lines += 1;
    const read = this.format.read(line);
    if (read.is === 'request') this.#takeRequest(read);
    else if (read.is === 'left-out') this.#leave(read.why);
    else {
      this.#unreadable += 1;
      if (this.#firstUnreadable.length < UNREADABLE_SHOWN)
        this.#firstUnreadable.push(`${this.#name}:${String(this.#number)}  ${read.why}: ${shown(line)}`);
    }
  }

  #takeRequest({ atMs, zoneMinutes, method, target }: Extract<LogLine, { is: 'request' }>): void {
    this.#range ??= this.#rangeFrom(atMs, zoneMinutes);
    if (atMs < this.#range.fromMs || atMs >= this.#range.toMs) return this.#leave('outside of --from and --to');
    const asked = sendable(method, target);
    if ('why' in asked) return this.#leave(asked.why);
    if (WRITES.includes(method)) {
      if (!this.#options.writes) return this.#leave(`${method}: a log has no bodies (--writes takes it without one)`);
    } else if (!READS.includes(method)) return this.#leave(`${method}, which a load cannot send`);
    this.#used += 1;
    this.#curve.add(atMs, this.#number, this.#name);
    this.#kinds.add(method, asked.path);
  }

  /** Times that --from and --to leave open are those of the first request: its day, its zone. */
  #rangeFrom(atMs: number, zoneMinutes: number): { readonly fromMs: number; readonly toMs: number } {
    const { from, to } = this.#options;
    this.#zoneMinutes = zoneMinutes;
    const fromMs = from ? momentIn(from, { atMs, zoneMinutes }) : -Infinity;
    const toMs = to ? momentIn(to, { atMs, zoneMinutes }, from ? fromMs : -Infinity) : Infinity;
    if (toMs <= fromMs) throw new HarnessError('invalid', '--to is not after --from');
    if (from) this.#curve.startsAt(fromMs);
    return { fromMs, toMs };
  }

  #leave(why: string): void {
    this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + 1);
  }

  closed(): Tally {
    const leftOut = new Map([...this.#leftOut].sort(([, left], [, right]) => right - left));
    const { badLines } = this.#options;
    if (this.#lines === 0 || !this.format) throw new HarnessError('invalid', `${this.#name}  is empty`);
    if (this.#unreadable > this.#lines * badLines) {
      const counts = `${String(this.#unreadable)} of ${String(this.#lines)} lines are unreadable as ${this.format.name}`;
      throw new HarnessError(
        'invalid',
        [
          `${this.#name}  ${counts} (${formatShare(this.#unreadable / this.#lines)}; limit ${formatShare(badLines)}):`,
          ...this.#firstUnreadable.map((each) => `  ${each}`),
        ].join('\n'),
        { hint: 'another --format (auto, combined, haproxy, json), or a higher --bad-lines' },
      );
    }
    if (this.#used === 0) {
      const reasons = [...leftOut].map(([why, count]) => `  ${String(count)}: ${why}`);
      const what = `${this.#name}  has no request to make a load of; left out of ${String(this.#lines)} lines:`;
      throw new HarnessError('invalid', [what, ...reasons].join('\n'));
    }
    return {
      format: this.format.name,
      lines: this.#lines,
      used: this.#used,
      leftOut,
      unreadable: this.#unreadable,
      firstUnreadable: this.#firstUnreadable,
      curve: this.#curve,
      kinds: this.#kinds,
      zoneMinutes: this.#zoneMinutes,
    };
  }
}
