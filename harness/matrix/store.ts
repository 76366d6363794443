// The folder of a matrix, results/matrix-<id>/: cells.ndjson grows by a line per cell, so that a stop loses nothing that was
// measured; matrix.json, .md and .html are written from it at the end.
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError, messageOf } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { newRunId } from '../record/run-id.js';
import type { CellOutcome } from './outcome.js';

/** First line of cells.ndjson. */
export interface MatrixHeader {
  readonly kind: 'matrix';
  readonly schemaVersion: 1;
  readonly id: string;
  readonly startedAt: string;
  /** Cells that were to be run, in their order. */
  readonly cells: readonly string[];
}

export interface StoredMatrix {
  readonly folder: MatrixFolder;
  readonly header: MatrixHeader;
  readonly outcomes: readonly CellOutcome[];
}

const PREFIX = 'matrix-';
const CELLS = 'cells.ndjson';

export class MatrixFolder {
  private constructor(readonly path: string) {}

  /** Folder of the cells' own runs. */
  get runs(): string {
    return join(this.path, 'runs');
  }

  static create(out: string, cells: readonly string[]): StoredMatrix {
    const id = newRunId('matrix').replace('-matrix-', '-');
    const folder = new MatrixFolder(join(out, PREFIX + id));
    const header: MatrixHeader = { kind: 'matrix', schemaVersion: 1, id, startedAt: new Date().toISOString(), cells };
    writing(folder.path, () => {
      mkdirSync(folder.runs, { recursive: true });
      writeFileSync(join(folder.path, CELLS), `${JSON.stringify(header)}\n`);
    });
    return { folder, header, outcomes: [] };
  }

  /** The matrix with this id, or the latest one. */
  static open(out: string, id?: string): StoredMatrix {
    const known = knownIn(out);
    const wanted = id === undefined ? known.at(-1) : id.replace(PREFIX, '');
    if (wanted === undefined || !known.includes(wanted)) {
      const nearest = id === undefined ? undefined : nearestName(id, known);
      throw new HarnessError(
        'invalid',
        id === undefined ? `${out}/ holds no matrix to go on with` : `${id}: there is no such matrix`,
        {
          hint:
            known.length === 0
              ? 'start one: remuster matrix --all'
              : `known: ${known.slice(-5).join(', ')}${nearest ? `     did you mean ${nearest}?` : ''}`,
        },
      );
    }
    const folder = new MatrixFolder(join(out, PREFIX + wanted));
    return { folder, ...parseCells(readFileSync(join(folder.path, CELLS), 'utf8'), folder.path) };
  }

  /** A line of its own, also after one that a crash cut in the middle: blank lines are skipped. */
  add(outcome: CellOutcome): void {
    writing(this.path, () => appendFileSync(join(this.path, CELLS), `\n${JSON.stringify(outcome)}\n`));
  }

  write(file: string, text: string): void {
    writing(this.path, () => writeFileSync(join(this.path, file), text));
  }
}

function knownIn(out: string): readonly string[] {
  if (!existsSync(out)) return [];
  return readdirSync(out)
    .filter((name) => name.startsWith(PREFIX) && existsSync(join(out, name, CELLS)))
    .map((name) => name.slice(PREFIX.length))
    .sort();
}

/** Header and outcomes of a cells.ndjson; half a line, and all but the last outcome of a cell, are left out. */
export function parseCells(text: string, where: string): Pick<StoredMatrix, 'header' | 'outcomes'> {
  const [first, ...rest] = text.split('\n').map(parsed);
  if (!isHeader(first))
    throw new HarnessError('invalid', `${where}: ${CELLS} does not begin as a matrix of this version does`);
  const outcomes = new Map(rest.filter(isOutcome).map((outcome) => [outcome.id, outcome]));
  return { header: first, outcomes: [...outcomes.values()] };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function isHeader(value: unknown): value is MatrixHeader {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'matrix' &&
    'schemaVersion' in value &&
    value.schemaVersion === 1
  );
}

function isOutcome(value: unknown): value is CellOutcome {
  return typeof value === 'object' && value !== null && 'id' in value && 'verdict' in value && 'broken' in value;
}

function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new HarnessError('results-unwritable', `the matrix cannot be written to ${path}: ${messageOf(error)}`, {
      hint: 'free some space or choose another folder with --out; then go on with --resume',
      cause: error,
    });
  }
}
