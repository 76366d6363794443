// The board on a terminal: redraws at most ten times a second, follows resizes, and leaves one line per environment
// behind when it goes. Lines and colours come from board-view.ts; here is only the terminal.
import { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';
import { monotonicMs } from '../../core/clock.js';
import type { Plan } from '../../plan/plan.js';
import type { JournalEvent } from '../../record/events.js';
import type { EnvironmentResult } from '../../verdict/model.js';
import type { Ink, OutputStream } from '../colors.js';
import { BoardModel } from './board-model.js';
import { boardLines } from './board-view.js';
import { endedLine } from './ended-line.js';
import type { LiveReporter } from './index.js';
import { clean } from '../text.js';

const FRAME_MS = 100;
/** A frame at rest is drawn once a second, for the clock. */
const IDLE_FRAME_MS = 1_000;
/** Erase the screen and go home (ECMA-48 ED, CUP): after a resize nobody knows where the old lines were wrapped to. */
const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** log-update wants a Node stream with a size; the commands' streams are smaller than that. */
class Screen extends Writable {
  constructor(readonly target: OutputStream) {
    super({
      decodeStrings: false,
      write: (chunk: unknown, _encoding, done) => {
        target.write(String(chunk));
        done();
      },
    });
  }

  get columns(): number {
    return this.target.columns ?? 80;
  }

  get rows(): number {
    return this.target.rows ?? 24;
  }
}

export class BoardReporter implements LiveReporter {
  readonly #screen: Screen;
  readonly #ink: Ink;
  readonly #update: ReturnType<typeof createLogUpdate>;
  #model: BoardModel | undefined;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #drawnAt = 0;
  #changed = false;
  #size = '';

  constructor(stderr: OutputStream, ink: Ink) {
    this.#screen = new Screen(stderr);
    this.#ink = ink;
    this.#update = createLogUpdate(this.#screen);
  }

  environmentStarted(plan: Plan, index: number, of: number): void {
    this.#model = new BoardModel(plan, index, of);
    this.#startedAt = monotonicMs();
    this.#changed = true;
    this.#timer ??= setInterval(() => this.#tick(), FRAME_MS).unref();
  }

  event(event: JournalEvent): void {
    if (this.#model === undefined) return;
    // The journal's clock may have started a little before the board's.
    this.#startedAt = Math.min(this.#startedAt, monotonicMs() - event.atMs);
    this.#model.take(event);
    this.#changed = true;
  }

  progress(line: string): void {
    if (this.#model === undefined) {
      this.#screen.target.write(`${clean(line)}\n`);
      return;
    }
    this.#model.progress(line);
    this.#changed = true;
  }

  environmentEnded(result: EnvironmentResult): void {
    this.#stop();
    this.#screen.target.write(`${endedLine(result, this.#ink, this.#screen.columns)}\n`);
  }

  close(): void {
    this.#stop();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#model = undefined;
    this.#update.clear();
    // Shows the cursor again.
    this.#update.done();
  }

  #tick(): void {
    const now = monotonicMs();
    if (!this.#changed && now - this.#drawnAt < IDLE_FRAME_MS) return;
    this.#draw(now);
  }

  #draw(now: number): void {
    if (this.#model === undefined) return;
    const { columns, rows } = this.#screen;
    const size = `${columns}x${rows}`;
    if (this.#size !== '' && this.#size !== size) {
      this.#update.done();
      this.#screen.target.write(CLEAR_SCREEN);
    }
    this.#size = size;
    // log-update ends its text with a line break, which takes the last row.
    const lines = boardLines(this.#model, { width: columns, height: rows - 1 }, now - this.#startedAt, this.#ink);
    this.#update(lines.join('\n'));
    this.#drawnAt = now;
    this.#changed = false;
  }
}
