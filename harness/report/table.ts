// Columns without borders, by cli-table3; falls back to packed lines where the columns do not fit.
import Table from 'cli-table3';
import { packed, widthOf } from './text.js';

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** Lines of a table whose columns are as wide as their widest cell. Cells may be coloured. */
export function columns(rows: readonly (readonly string[])[], gap = 2): string[] {
  if (rows.length === 0) return [];
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

/** As `columns`, indented; where that is wider than the screen, each row's cells stand
 * side by side in as many lines as they need. */
export function columnsWithin(rows: readonly (readonly string[])[], width: number, indent: number, gap = 2): string[] {
  const margin = ' '.repeat(indent);
  const lines = columns(rows, gap).map((line) => margin + line);
  if (lines.every((line) => widthOf(line) <= width)) return lines;
  return rows.flatMap((row) => {
    const cells = row.filter((cell) => cell !== '');
    const [first = '', ...rest] = packed(cells, width - indent - 2, '', gap);
    return [margin + first, ...rest.map((line) => `${margin}  ${line}`)];
  });
}
