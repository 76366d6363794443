// The state of the board: journal events in, the latest of everything per node out. Knows nothing of terminals.
// Bounded: a soak of hours needs no more memory than a minute.
import type { Plan } from '../../plan/plan.js';
import { postWords } from '../../plan/post-words.js';
import { postsOf } from '../../plan/posts.js';
import { LatencyHistogram } from '../../record/histogram.js';
import type { FailureKind, JournalEvent, LoadFrameEvent, Phase, TrafficEvent } from '../../record/events.js';
import { clean } from '../text.js';
import { Storyteller, type Sentence } from './storyteller.js';

export interface NodeRow {
  readonly node: string;
  /** False: a further service of one, which the balancer does not reach. */
  readonly isNode: boolean;
  supervisor: string | undefined;
  supervisorGood: boolean;
  pid: number | undefined;
  generation: number;
  masterSinceMs: number | undefined;
  memoryBytes: number | undefined;
  backend: string | undefined;
  backendUp: boolean;
  last: Sentence | undefined;
}

/** Rates and shares are of the last seconds; the sparkline has one bar a second. */
const RECENT_MS = 5_000;
export const SPARK_SECONDS = 30;
const MAX_SENTENCES = 60;

export class BoardModel {
  readonly rows: readonly NodeRow[];
  readonly sentences: Sentence[] = [];
  phase: Phase | undefined;
  round = 0;
  faultName: string | undefined;
  /** Journal time of the start of the load. */
  loadStartMs: number | undefined;
  nowMs = 0;
  level = 0;
  inFlight = 0;
  answered = 0;
  unsent = 0;
  readonly failed = new Map<FailureKind, number>();
  #step: string | undefined;
  #frames: LoadFrameEvent[] = [];
  #traffic: TrafficEvent[] = [];
  readonly #perSecond = new Map<number, number>();
  readonly #storyteller: Storyteller;

  constructor(
    readonly plan: Plan,
    readonly index: number,
    readonly of: number,
  ) {
    this.#storyteller = new Storyteller({
      words: postWords(plan),
      balancer: plan.balancer.kind,
      load: plan.load.model,
    });
    this.rows = postsOf(plan).map(({ name, service }) => ({
      node: name,
      isNode: service === undefined,
      supervisor: undefined,
      supervisorGood: false,
      pid: undefined,
      generation: 0,
      masterSinceMs: undefined,
      memoryBytes: undefined,
      backend: undefined,
      backendUp: false,
      last: undefined,
    }));
  }

  /** The step of building or booting that is under way; undefined once the load runs. */
  get step(): string | undefined {
    return this.loadStartMs === undefined ? this.#step : undefined;
  }

  /** Before the load a step of the boot; later something out of the ordinary, which joins the events. */
  progress(line: string): void {
    if (this.loadStartMs === undefined) this.#step = line;
    else this.#remember({ atMs: this.nowMs, node: null, text: clean(line), tone: 'plain' });
  }

  #remember(sentence: Sentence): void {
    this.sentences.push(sentence);
    if (this.sentences.length > MAX_SENTENCES) this.sentences.shift();
  }

  take(event: JournalEvent): Sentence | undefined {
    this.nowMs = Math.max(this.nowMs, event.atMs);
    const sentence = this.#storyteller.tell(event);
    if (sentence !== undefined) {
      this.#remember(sentence);
      const row = this.#row(sentence.node);
      if (row !== undefined) row.last = sentence;
    }
    this.#apply(event);
    return sentence;
  }

  #row(node: string | null): NodeRow | undefined {
    return this.rows.find((row) => row.node === node);
  }

  #apply(event: JournalEvent): void {
    switch (event.kind) {
      case 'phase':
        if (event.state === 'started') this.phase = event.phase;
        return;
      case 'round':
        if (event.state === 'started') this.round = event.round;
        return;
      case 'fault':
        if (event.state === 'sent') this.faultName = event.fault;
        return;
      case 'load':
        if (event.state === 'started') this.loadStartMs = event.atMs;
        if (event.level !== undefined && event.state === 'started') this.level = event.level;
        return;
      case 'load-frame':
        return this.#frame(event);
      case 'traffic':
        this.#traffic.push(event);
        this.#traffic = this.#traffic.filter((each) => each.atMs > event.atMs - RECENT_MS);
        return;
      default:
        if ('node' in event && typeof event.node === 'string') this.#node(event, this.#row(event.node));
    }
  }

  #node(event: JournalEvent, row: NodeRow | undefined): void {
    if (row === undefined) return;
    if (event.kind === 'supervisor') {
      row.supervisor = event.word;
      row.supervisorGood = event.state === 'running';
    } else if (event.kind === 'backend') {
      row.backend = event.word;
      row.backendUp = event.up;
    } else if (event.kind === 'sample') {
      row.memoryBytes = event.memoryBytes;
    } else if (event.kind === 'census') {
      const master = event.processes.find((process) => process.role === 'master' && !process.zombie);
      if (master?.pid !== row.pid) row.masterSinceMs = master === undefined ? undefined : event.atMs;
      row.pid = master?.pid;
      row.generation = this.#storyteller.generationOf(row.node);
    }
  }

  #frame(event: LoadFrameEvent): void {
    this.loadStartMs ??= event.atMs;
    this.level = event.level;
    this.inFlight = event.inFlight;
    this.answered += event.answered;
    this.unsent += event.unsent;
    for (const [kind, count] of Object.entries(event.failed) as [FailureKind, number][]) {
      this.failed.set(kind, (this.failed.get(kind) ?? 0) + count);
    }
    this.#frames.push(event);
    this.#frames = this.#frames.filter((each) => each.atMs > event.atMs - RECENT_MS);
    const second = Math.floor((event.atMs - this.loadStartMs) / 1000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + event.answered);
    for (const old of this.#perSecond.keys()) if (old < second - SPARK_SECONDS) this.#perSecond.delete(old);
  }

  get failedTotal(): number {
    return [...this.failed.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The most frequent kind of failure. */
  get failedMostly(): FailureKind | undefined {
    return [...this.failed].sort((a, b) => b[1] - a[1])[0]?.[0];
  }

  /** Good answers in each of the last whole seconds, oldest first; seconds without frames count as none. */
  perSecond(seconds: number): readonly number[] {
    if (this.loadStartMs === undefined) return [];
    const whole = Math.floor((this.nowMs - this.loadStartMs) / 1000);
    const first = Math.max(0, whole - seconds);
    return Array.from({ length: whole - first }, (_, index) => this.#perSecond.get(first + index) ?? 0);
  }

  /** Of the answered requests of the last seconds. */
  get p99Ms(): number | undefined {
    const histogram = new LatencyHistogram();
    for (const frame of this.#frames) {
      if (frame.atMs > this.nowMs - RECENT_MS) histogram.addAll(frame.latency);
    }
    return histogram.percentile(0.99);
  }

  /** Share of the good answers of the last seconds that a node gave; undefined when nobody answered. */
  shareOf(node: string): number | undefined {
    const cells = this.#traffic
      .filter((event) => event.atMs > this.nowMs - RECENT_MS)
      .flatMap((event) => event.cells)
      .filter((cell) => cell.outcome === 'ok');
    const all = cells.reduce((sum, cell) => sum + cell.count, 0);
    if (all === 0) return undefined;
    return cells.filter((cell) => cell.node === node).reduce((sum, cell) => sum + cell.count, 0) / all;
  }
}
