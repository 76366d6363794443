// What is seen while a run goes on: a board on a terminal, plain lines everywhere else and with NO_COLOR. Always on standard error;
// standard output belongs to the answer.
import type { Plan } from '../../plan/plan.js';
import type { JournalEvent } from '../../record/events.js';
import type { EnvironmentResult } from '../../verdict/model.js';
import { inkFor, isBoard, type Environ, type OutputStream } from '../colors.js';
import { BoardReporter } from './board.js';
import { LineReporter } from './lines.js';

export interface LiveReporter {
  /** `index` counts from 0. */
  environmentStarted(plan: Plan, index: number, of: number): void;
  event(event: JournalEvent): void;
  /** A step of building or booting, as a line. */
  progress(line: string): void;
  environmentEnded(result: EnvironmentResult): void;
  /** Gives the terminal back. May be called twice. */
  close(): void;
}

export function createLive(io: { readonly stderr: OutputStream }, env: Environ): LiveReporter {
  const { stderr } = io;
  const ink = inkFor(stderr, env);
  return isBoard(stderr, env) ? new BoardReporter(stderr, ink) : new LineReporter(stderr, ink);
}
