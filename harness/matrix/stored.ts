// The stored matrix: docs/matrix.json, against which every later one is compared, and docs/matrix.md, made from it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HarnessError, messageOf } from '../core/errors.js';
import { packageRoot } from '../tier/images/package-root.js';
import { renderMatrixMarkdown } from './markdown.js';
import type { CellOutcome } from './outcome.js';

export function storedFile(): string {
  return join(packageRoot(), 'docs', 'matrix.json');
}

const INTRO = [
  '<!-- Generated from matrix.json by `remuster matrix --all --update`; not written by hand. -->',
  'What happens to this server under that supervisor when it is killed, reloaded or told to restart: measured, one node behind a real balancer under light load, ten claims each. ' +
    'The time in a cell is from the fault until users were answered again; it is from one machine and one run, and is not compared. Verdict and claims are: `npx remuster matrix --all` fails where one of them has changed.',
];

/** undefined: nothing is stored there. */
export function readStored(file: string): readonly CellOutcome[] | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { schemaVersion, cells } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly schemaVersion?: unknown;
      readonly cells?: unknown;
    };
    if (schemaVersion !== 1 || !Array.isArray(cells)) throw new Error('it is not a stored matrix of schema 1');
    return cells as readonly CellOutcome[];
  } catch (error) {
    throw new HarnessError('invalid', `${file}: ${messageOf(error)}`, {
      hint: 'store it anew: remuster matrix --all --update',
    });
  }
}

/** Writes it and the page beside it. */
export function writeStored(file: string, cells: readonly CellOutcome[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, storedText(cells));
  writeFileSync(file.replace(/(\.json)?$/, '.md'), renderMatrixMarkdown('The matrix', INTRO, cells));
}

/** One cell a line, so that a change of one is a line of a diff. Of a run it keeps no name: its folder is not stored. */
export function storedText(cells: readonly CellOutcome[]): string {
  const lines = cells.map((cell) => JSON.stringify({ ...cell, runId: null }));
  return `{"schemaVersion":1,"cells":[\n${lines.join(',\n')}\n]}\n`;
}
