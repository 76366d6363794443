// The tables of a matrix, as data: which cells stand in which row and column. Pure; terminal, Markdown and HTML draw the same.
import { formatMs } from '../core/units.js';
import { optionWords } from '../scenario/choice-text.js';
import { CRASH, DEFAULTS_SETTING } from './cells.js';
import { CELL_VERDICTS, type CellOutcome, type CellVerdict } from './outcome.js';

export interface View {
  readonly title: string;
  /** What the rows are. */
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly (CellOutcome | undefined)[] }[];
}

/** Told apart by their shape; colour, where there is any, only repeats it. */
export const GLYPHS: Readonly<Record<CellVerdict, string>> = {
  pass: '✓',
  fail: '✗',
  inconclusive: '?',
  'not-booted': '!',
  'not-applicable': '–',
};

export const LEGEND: Readonly<Record<CellVerdict, string>> = {
  pass: 'came back whole; all ten claims held',
  fail: 'a claim broke, see below; with a time, users were answered all the same',
  inconclusive: 'nothing can be said',
  'not-booted': 'never served',
  'not-applicable': 'cannot be',
};

/** `✓ 1.2 s`; empty for a cell that was not asked for. The time is the one after which users were answered again. */
export function cellText(cell: CellOutcome | undefined): string {
  if (!cell) return '';
  const glyph = GLYPHS[cell.verdict];
  return cell.recoveredMs === null ? glyph : `${glyph} ${formatMs(cell.recoveredMs)}`;
}

export function viewsOf(outcomes: readonly CellOutcome[]): readonly View[] {
  const plain = outcomes.filter(({ setting }) => setting === DEFAULTS_SETTING);
  const crash = plain.filter(({ path }) => path === CRASH);
  const others = plain.filter(({ path }) => path !== CRASH);
  // Servers that were taken along their paths under several supervisors have a table of their own; the rest goes by supervisor.
  const broad = unique(others.map(({ server }) => server)).filter(
    (server) => unique(others.filter((cell) => cell.server === server).map(({ supervisor }) => supervisor)).length > 1,
  );
  const narrow = unique(others.map(({ supervisor }) => supervisor)).filter((supervisor) =>
    others.some((cell) => cell.supervisor === supervisor && !broad.includes(cell.server)),
  );
  return [
    ...(crash.length === 0 ? [] : [view('a crash: the master is killed', 'supervisor', crash, 'supervisor', 'server')]),
    ...broad.map((server) =>
      view(
        `${server} under each supervisor, path by path`,
        'restart path',
        of(plain, 'server', server),
        'path',
        'supervisor',
      ),
    ),
    ...narrow.map((supervisor) =>
      view(
        `each server under ${supervisor}, path by path`,
        'restart path',
        of(plain, 'supervisor', supervisor),
        'path',
        'server',
      ),
    ),
    ...trapView(outcomes.filter(({ setting }) => setting !== DEFAULTS_SETTING)),
  ];
}

function of(cells: readonly CellOutcome[], key: 'server' | 'supervisor', name: string): readonly CellOutcome[] {
  return cells.filter((cell) => cell[key] === name);
}

type Axis = 'supervisor' | 'server' | 'path';

function view(title: string, corner: string, cells: readonly CellOutcome[], row: Axis, column: Axis): View {
  const columns = unique(cells.map((cell) => cell[column]));
  const rows = unique(cells.map((cell) => cell[row])).map((name) => ({
    name,
    cells: columns.map((each) => cells.find((cell) => cell[row] === name && cell[column] === each)),
  }));
  return { title, corner, columns, rows };
}

function trapView(cells: readonly CellOutcome[]): readonly View[] {
  if (cells.length === 0) return [];
  const parts = cells.map((cell) => ({ cell, trap: trapOf(cell), environment: cell.setting.split('/').at(-1) ?? '' }));
  const columns = unique(parts.map(({ environment }) => environment));
  const rows = unique(parts.map(({ trap }) => trap)).map((trap) => {
    const own = parts.filter((part) => part.trap === trap);
    return {
      name: trap,
      cells: columns.map((environment) => own.find((part) => part.environment === environment)?.cell),
    };
  });
  return [{ title: 'traps: one setting, wrong and right', corner: 'trap', columns, rows }];
}

function trapOf({ setting }: CellOutcome): string {
  return setting.slice(0, setting.lastIndexOf('/'));
}

/** How many cells came to what, in words: `101 pass, 40 fail`. */
export function countWords(outcomes: readonly CellOutcome[]): string {
  return CELL_VERDICTS.map((verdict) => ({
    verdict,
    count: outcomes.filter((cell) => cell.verdict === verdict).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict.replace('-', ' ')}`)
    .join(', ');
}

export interface Reason {
  readonly glyph: string;
  readonly cells: readonly string[];
  readonly text: string;
}

/** Why the cells that did not pass did not: one entry each, those that cannot be by their reason. */
export function reasonsOf(outcomes: readonly CellOutcome[]): readonly Reason[] {
  const ran = outcomes.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable');
  const cannot = outcomes.filter(({ verdict }) => verdict === 'not-applicable');
  return [
    ...ran.map((cell) => ({
      glyph: GLYPHS[cell.verdict],
      cells: [cell.id],
      text: [cell.broken.length > 0 ? `broken: ${cell.broken.join(', ')}` : '', cell.reason]
        .filter((part) => part !== '')
        .join(' | '),
    })),
    ...unique(cannot.map(({ reason }) => reason)).map((reason) => ({
      glyph: GLYPHS['not-applicable'],
      cells: cannot.filter((cell) => cell.reason === reason).map(({ id }) => id),
      text: reason,
    })),
  ];
}

/** Cells whose supervisor is not at its defaults: one entry for each set of options. */
export function givenOf(outcomes: readonly CellOutcome[]): readonly Omit<Reason, 'glyph'>[] {
  const told = outcomes.flatMap(({ id, given }) => (given ? [{ id, text: optionWords(given).join(', ') }] : []));
  return unique(told.map(({ text }) => text)).map((text) => ({
    cells: told.filter((each) => each.text === text).map(({ id }) => id),
    text,
  }));
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
