// A matrix on the terminal: tables with one glyph and the recovery time per cell, the reasons below, and what changed. Pure.
import { formatMs } from '../core/units.js';
import { inkFor, toned, type Environ, type Ink } from '../report/colors.js';
import { columnsWithin } from '../report/table.js';
import { clean, counted, hanging, packed } from '../report/text.js';
import type { MatrixResult } from './result.js';
import type { CellOutcome } from './outcome.js';
import { cellText, countWords, givenOf, GLYPHS, LEGEND, reasonsOf, viewsOf } from './views.js';

export interface TerminalOptions {
  readonly columns?: number | undefined;
  readonly isTTY?: boolean | undefined;
  readonly env: Environ;
  readonly folder: string;
}

const PIPE_COLUMNS = 120;
const READABLE = 160;

export function renderMatrix(result: MatrixResult, options: TerminalOptions): string {
  const ink = inkFor({ isTTY: options.isTTY }, options.env);
  const width = Math.max(40, Math.min(options.columns ?? PIPE_COLUMNS, READABLE));
  const { cells } = result;
  const head = [`matrix ${result.id}`, counted(cells.length, 'cell'), countWords(cells), formatMs(result.tookMs)];
  const lines = [
    ...packed(head, width, '').map((line) => ink.bold(line)),
    ...viewsOf(cells).flatMap((view) => [
      '',
      ink.bold(view.title),
      ...columnsWithin(
        [
          [view.corner, ...view.columns].map((name) => ink.dim(name)),
          ...view.rows.map((row) => [row.name, ...row.cells.map((cell) => painted(cell, ink))]),
        ],
        width,
        2,
      ),
    ]),
    '',
    ...packed(
      Object.entries(LEGEND).map(([verdict, words]) => `${GLYPHS[verdict as keyof typeof GLYPHS]} ${words}`),
      width,
      '',
      3,
    ),
    ...reasonLines(cells, width),
    ...givenLines(cells, width),
    '',
    ...comparisonLines(result, width, ink),
    ...packed(
      [`${options.folder.replace(/\/+$/, '')}/`, 'matrix.json', 'matrix.md', 'matrix.html'],
      width,
      'results  ',
    ),
    ...exitLines(result, width, ink),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function painted(cell: CellOutcome | undefined, ink: Ink): string {
  const text = cellText(cell);
  switch (cell?.verdict) {
    case 'pass':
    case 'fail':
    case 'inconclusive':
      return toned(ink, cell.verdict)(text);
    case 'not-booted':
      return ink.red(text);
    default:
      return ink.dim(text);
  }
}

function reasonLines(cells: readonly CellOutcome[], width: number): readonly string[] {
  return reasonsOf(cells).flatMap(({ glyph, cells: ids, text }) => [
    '',
    ...packed([`${glyph} ${ids.join(', ')}`], Math.max(width, ids.join(', ').length + 2), ''),
    ...hanging('    ', clean(text), width),
  ]);
}

function givenLines(cells: readonly CellOutcome[], width: number): readonly string[] {
  const given = givenOf(cells);
  if (given.length === 0) return [];
  return [
    '',
    'supervisors that are not at their defaults',
    ...given.flatMap(({ cells: ids, text }) => [`  ${clean(text)}`, ...packed(ids, width, '    ')]),
  ];
}

function comparisonLines({ comparison, stored }: MatrixResult, width: number, ink: Ink): readonly string[] {
  if (!comparison) return [`stored   nothing to compare with: ${stored} (--update stores this one)`];
  const { changed, unsaid, fresh, same } = comparison;
  const head = [
    `${same} as stored`,
    changed.length > 0 ? ink.red(ink.bold(`${changed.length} CHANGED`)) : '0 changed',
    ...(unsaid.length > 0 ? [ink.yellow(`${unsaid.length} inconclusive`)] : []),
    ...(fresh.length > 0 ? [`${fresh.length} new (--update stores them)`] : []),
  ];
  return [
    `stored   ${head.join(', ')}: ${stored}`,
    ...changed.flatMap(({ id, was, is, reason }) => [
      ink.red(`  changed  ${id}`),
      `    was ${was}`,
      `    is  ${is}`,
      ...(reason === '' ? [] : hanging('    ', clean(reason), width)),
    ]),
    ...unsaid.map(({ id, reason }) => ink.yellow(`  inconclusive  ${id}: ${clean(reason)}`)),
  ];
}

function exitLines({ exitCode, exitWords }: MatrixResult, width: number, ink: Ink): readonly string[] {
  const paint = exitCode === 0 ? ink.green : exitCode === 99 ? ink.red : ink.yellow;
  return packed([`exit ${exitCode}: ${exitWords}`], Math.max(width, exitWords.length + 12), '').map((line) =>
    paint(ink.bold(line)),
  );
}
