// Plain lines for pipelines and files: one per event that matters, the environment in front, a sign of life every 30 s.
// No cursor codes, and nothing that comes often.
import { monotonicMs } from '../../core/clock.js';
import { formatMs } from '../../core/units.js';
import { levelWords } from '../../plan/load-profile.js';
import type { Plan } from '../../plan/plan.js';
import type { JournalEvent } from '../../record/events.js';
import type { EnvironmentResult } from '../../verdict/model.js';
import { toned, type Ink, type OutputStream } from '../colors.js';
import { clean, formatCount, padStart } from '../text.js';
import { BoardModel } from './board-model.js';
import { timeWords } from './board-view.js';
import { endedLine } from './ended-line.js';
import type { LiveReporter } from './index.js';

const HEARTBEAT_MS = 30_000;
/** A long step says how long it takes again and again; a log needs that only now and then. */
const SAME_STEP_MS = 10_000;

export class LineReporter implements LiveReporter {
  readonly #out: OutputStream;
  readonly #ink: Ink;
  #model: BoardModel | undefined;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastStep = '';
  #lastStepAt = Number.NEGATIVE_INFINITY;

  constructor(stderr: OutputStream, ink: Ink) {
    this.#out = stderr;
    this.#ink = ink;
  }

  environmentStarted(plan: Plan, index: number, of: number): void {
    this.#model = new BoardModel(plan, index, of);
    this.#startedAt = monotonicMs();
    this.#write(`${plan.nodes.length} nodes, seed ${plan.seed}${of > 1 ? `, environment ${index + 1} of ${of}` : ''}`);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#heartbeat(), HEARTBEAT_MS).unref();
  }

  event(event: JournalEvent): void {
    const sentence = this.#model?.take(event);
    if (this.#model === undefined || sentence === undefined) return;
    const time = padStart(timeWords(sentence.atMs, this.#model.loadStartMs), 7);
    const node = sentence.node === null ? '' : `${sentence.node}  `;
    this.#write(`${time}  ${node}${toned(this.#ink, sentence.tone)(sentence.text)}`);
  }

  progress(line: string): void {
    const text = clean(line);
    const step = text.replace(/[\d.]+ ?(ms|s|min)\b/g, '').trim();
    const now = monotonicMs();
    if (step === this.#lastStep && now - this.#lastStepAt < SAME_STEP_MS) return;
    this.#lastStep = step;
    this.#lastStepAt = now;
    this.#write(text);
  }

  environmentEnded(result: EnvironmentResult): void {
    this.close();
    this.#out.write(`${endedLine(result, this.#ink)}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#model = undefined;
  }

  #write(text: string): void {
    const environment = this.#model === undefined ? '' : `[${clean(this.#model.plan.environment.name)}] `;
    this.#out.write(`${environment}${text.trimEnd()}\n`);
  }

  #heartbeat(): void {
    const model = this.#model;
    if (model === undefined) return;
    const phase = model.phase === 'rounds' ? `round ${model.round} of ${model.plan.rounds.length}` : model.phase;
    const parts = [`still running: ${phase ?? 'starting'}, ${formatMs(monotonicMs() - this.#startedAt)}`];
    if (model.loadStartMs !== undefined) {
      const nodes = model.rows.filter((row) => row.isNode);
      const up = nodes.filter((row) => row.backendUp).length;
      parts.push(
        `${levelWords(model.plan.load.model, model.level)}, ${model.perSecond(1).at(-1) ?? 0} req/s`,
        `ok ${formatCount(model.answered)}, failed ${formatCount(model.failedTotal)}`,
        `${up} of ${nodes.length} nodes up at the balancer`,
      );
    }
    this.#write(parts.join('; '));
  }
}
