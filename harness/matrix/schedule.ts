// Runs cells side by side: as many at a time as told, an inconclusive one once more at the end, each outcome handed over.
// How a cell is played is the caller's; what is known of time left is counted here.
import type { CellOutcome } from './outcome.js';

export interface Schedule<C extends { readonly id: string }> {
  readonly parallel: number;
  /** Plays a cell; `attempt` is 1 or 2. Rejects only when no other cell could be played either. */
  readonly play: (cell: C, attempt: number, signal: AbortSignal) => Promise<CellOutcome>;
  readonly ended: (outcome: CellOutcome) => void;
}

/** Inconclusive means that something was in the way, mostly neighbours: the second time there are fewer, and it counts. */
const FEWER = 2;

/** Resolves when all cells have ended, or, after an abort, when those that were being played have been taken down. */
export async function playAll<C extends { readonly id: string }>(
  cells: readonly C[],
  { parallel, play, ended }: Schedule<C>,
  signal: AbortSignal,
): Promise<void> {
  const queue = [...cells];
  const unsaid: C[] = [];
  const stop = new AbortController();
  const over = AbortSignal.any([signal, stop.signal]);
  const isOver = (): boolean => over.aborted; // Asked anew each time: it is aborted from outside.
  const worker = async (open: C[], attempt: number): Promise<void> => {
    for (let cell = open.shift(); cell !== undefined && !isOver(); cell = open.shift()) {
      const outcome = await play(cell, attempt, over);
      // A cell that was interrupted says nothing; it is played again when the matrix goes on.
      if (isOver()) return;
      if (outcome.verdict === 'inconclusive' && attempt === 1) unsaid.push(cell);
      else ended(outcome);
    }
  };
  const pass = async (open: C[], attempt: number, atATime: number): Promise<void> => {
    const workers = Array.from({ length: Math.max(1, Math.min(atATime, open.length)) }, () =>
      worker(open, attempt).catch((error: unknown) => {
        stop.abort(error);
        throw error;
      }),
    );
    const results = await Promise.allSettled(workers);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed && !signal.aborted) throw failed.reason;
  };
  await pass(queue, 1, parallel);
  await pass(unsaid, 2, Math.floor(parallel / FEWER));
}

/** Tells how long the rest will take, from what the cells so far took. */
export class TimeLeft {
  readonly #parallel: number;
  #left: number;
  #ended = 0;
  #tookMs = 0;

  constructor(cells: number, parallel: number) {
    this.#left = cells;
    this.#parallel = parallel;
  }

  ended(tookMs: number): void {
    this.#left -= 1;
    this.#ended += 1;
    this.#tookMs += tookMs;
  }

  /** undefined before the first cell has ended. */
  get ms(): number | undefined {
    if (this.#ended === 0) return undefined;
    const perCellMs = this.#tookMs / this.#ended;
    return (this.#left * perCellMs) / Math.max(1, Math.min(this.#parallel, this.#left));
  }

  get words(): string {
    const { ms } = this;
    if (ms === undefined || this.#left === 0) return '';
    return ms < 60_000 ? `about ${Math.ceil(ms / 5_000) * 5} s left` : `about ${Math.round(ms / 60_000)} min left`;
  }
}

const MEMORY_PER_CELL_BYTES = 700 * 1024 ** 2;
/** Most of a cell is waiting: for a boot, a delay, a hold. */
const CELLS_PER_CORE = 3;
const MOST = 16;

/** How many cells this machine takes at a time. */
export function parallelFor(cores: number, freeBytes: number): number {
  return Math.max(1, Math.min(cores * CELLS_PER_CORE, Math.floor(freeBytes / MEMORY_PER_CELL_BYTES), MOST));
}
