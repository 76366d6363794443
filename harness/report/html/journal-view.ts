// One journal, read once, as what the page draws: the load, a lane per node, bands, the supervisors' words, the smoke check.
// Fed one event at a time, so that a run that still goes on can be drawn too; memory is bounded, however long it is.
import type { Plan } from '../../plan/plan.js';
import { planAt, postsOf } from '../../plan/posts.js';
import type { JournalEvent, SupervisorSaidEvent } from '../../record/events.js';
import { tenth } from '../../verdict/receipts/closing.js';
import { BandsOverTime } from './bands.js';
import type { Band, LatencySeries, LoadSeries, NodeLane, StoryLine } from './data.js';
import { LoadOverTime } from './load-series.js';
import { NodeOverTime } from './node-lane.js';

/** Lines that a supervisor wrote and that mean something to us, and others; the first ones of each. */
const MOST_SAID = { meant: 1500, plain: 500 };
/** Before the load: from the smoke check on, which the load follows within seconds. */
const LEAD_MS = 1000;

export interface JournalPicture {
  readonly fromMs: number;
  readonly toMs: number;
  /** `atMs` of the journal at 0. */
  readonly journalZeroMs: number;
  readonly smokeAtMs: number | null;
  readonly load: LoadSeries;
  readonly latency: LatencySeries;
  readonly nodes: readonly NodeLane[];
  readonly bands: readonly Band[];
  readonly said: readonly StoryLine[];
  readonly saidLeftOut: number;
  readonly versions: Readonly<Record<string, string>>;
}

export class JournalView {
  readonly #nodes: ReadonlyMap<string, NodeOverTime>;
  readonly #load = new LoadOverTime();
  readonly #bands = new BandsOverTime();
  readonly #said: StoryLine[] = [];
  readonly #saidCounts = { meant: 0, plain: 0 };
  #saidLeftOut = 0;
  #versions: Readonly<Record<string, string>> = {};
  #firstMs: number | undefined;
  #smokeMs: number | undefined;
  #loadStartMs: number | undefined;
  #lastMs = 0;
  #isOver = false;

  constructor(plan: Plan) {
    this.#nodes = new Map(
      postsOf(plan).map((post) => [post.name, new NodeOverTime(post, planAt(plan, post.service?.name))]),
    );
  }

  step(event: JournalEvent): void {
    if (event.kind === 'header') this.#versions = event.versions;
    if (event.kind === 'smoke') this.#smokeMs ??= event.atMs;
    if (event.kind === 'smoke' || event.kind === 'census') this.#firstMs ??= event.atMs;
    if (event.kind === 'load' && event.state === 'started') this.#loadStartMs ??= event.atMs;
    // What happens while the tier is taken down is no part of the picture.
    if (event.kind === 'phase' && event.phase === 'stop') this.#isOver = true;
    if (this.#isOver) return;
    if (event.kind !== 'end' && event.kind !== 'lateness') this.#lastMs = Math.max(this.#lastMs, event.atMs);
    this.#bands.step(event);
    this.#draw(event);
  }

  #draw(event: JournalEvent): void {
    const { atMs } = event;
    const node = 'node' in event ? this.#nodes.get(event.node ?? '') : undefined;
    switch (event.kind) {
      case 'load-frame':
        this.#load.step(atMs, event);
        return;
      case 'traffic':
        for (const cell of event.cells) {
          if (cell.node !== null) this.#nodes.get(cell.node)?.traffic(atMs, cell.outcome === 'ok', cell.count);
        }
        return;
      case 'census':
        node?.census(atMs, event);
        return;
      case 'probe':
        node?.probe(atMs, event);
        return;
      case 'supervisor':
        node?.supervisor(atMs, event);
        return;
      case 'backend':
        node?.backend(atMs, event);
        return;
      case 'sample':
        node?.sample(atMs, event.memoryBytes);
        return;
      case 'supervisor-said':
        this.#hear(event);
        return;
      default:
        return;
    }
  }

  #hear({ atMs, node, line, means }: SupervisorSaidEvent): void {
    const kind = means ? 'meant' : 'plain';
    this.#saidCounts[kind] += 1;
    if (this.#saidCounts[kind] > MOST_SAID[kind]) {
      this.#saidLeftOut += 1;
      return;
    }
    const isBad = means?.action === 'configuration' || means?.action === 'gave-up';
    this.#said.push({ atMs, node, tone: isBad ? 'bad' : 'plain', text: line, source: 'said' });
  }

  /** What was seen so far. */
  finish(): JournalPicture {
    const zeroMs = this.#loadStartMs ?? 0;
    const firstMs = Math.min(this.#firstMs ?? zeroMs, zeroMs);
    return {
      fromMs: tenth(firstMs - zeroMs - LEAD_MS),
      toMs: tenth(Math.max(this.#lastMs, zeroMs + LEAD_MS) - zeroMs),
      journalZeroMs: zeroMs,
      smokeAtMs: this.#smokeMs === undefined ? null : tenth(this.#smokeMs - zeroMs),
      load: this.#load.finish(zeroMs),
      latency: this.#load.finishLatency(zeroMs),
      nodes: [...this.#nodes.values()].map((node) => node.finish(this.#lastMs, zeroMs)),
      bands: this.#bands.finish(this.#lastMs, zeroMs),
      said: this.#said.map((line) => ({ ...line, atMs: tenth(line.atMs - zeroMs) })),
      saidLeftOut: this.#saidLeftOut,
      versions: this.#versions,
    };
  }
}
