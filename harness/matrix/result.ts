// A matrix that has been run: its cells, how they compare with the stored ones, and the exit code that follows. Pure.
import { EXIT, EXIT_PRECEDENCE, type ExitCode } from '../core/errors.js';
import type { Comparison } from './compare.js';
import type { CellOutcome } from './outcome.js';

export interface MatrixResult {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly startedAt: string;
  readonly tookMs: number;
  readonly parallel: number;
  readonly exitCode: ExitCode;
  readonly exitWords: string;
  readonly cells: readonly CellOutcome[];
  /** Cells that were not run before it was stopped. */
  readonly missing: readonly string[];
  /** File of the stored matrix. */
  readonly stored: string;
  /** null: nothing is stored there. */
  readonly comparison: Comparison | null;
  readonly leftBehind: readonly string[];
}

/** Beyond so many inconclusive cells nobody can say that the table is the stored one. */
const INCONCLUSIVE_SHARE = 0.02;

type Judged = Pick<MatrixResult, 'cells' | 'missing' | 'comparison' | 'leftBehind'> & {
  /** What ended it early. */
  readonly stoppedBy: 130 | 143 | null;
};

export function exitOf({ cells, missing, comparison, leftBehind, stoppedBy }: Judged): {
  readonly exitCode: ExitCode;
  readonly exitWords: string;
} {
  const ran = cells.filter(({ verdict }) => verdict !== 'not-applicable');
  const unsaid = comparison?.unsaid ?? ran.filter(({ verdict }) => verdict === 'inconclusive');
  const words = new Map<ExitCode, string>([
    [EXIT.pass, comparison ? 'every cell came out as stored' : 'every cell was run'],
  ]);
  if (comparison && comparison.fresh.length > 0) words.set(EXIT.pass, 'no cell came out otherwise than stored');
  if (stoppedBy !== null) words.set(stoppedBy, `stopped with ${missing.length} cells to go: remuster matrix --resume`);
  if (comparison && comparison.changed.length > 0)
    words.set(EXIT.fail, `fail, otherwise than stored: ${comparison.changed.map(({ id }) => id).join(', ')}`);
  if (unsaid.length > ran.length * INCONCLUSIVE_SHARE)
    words.set(EXIT.inconclusive, `inconclusive: ${unsaid.length} of ${ran.length} cells`);
  if (leftBehind.length > 0) words.set(EXIT.leftBehind, `left behind: ${leftBehind.join(', ')}`);
  const exitCode = EXIT_PRECEDENCE.find((code) => words.has(code)) ?? EXIT.pass;
  return { exitCode, exitWords: words.get(exitCode) ?? '' };
}
