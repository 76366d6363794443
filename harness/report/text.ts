// Text for narrow and wide terminals: cleaning of quoted words, display width, truncation and wrapping.
// Every renderer lays out plain text with these and colours it afterwards.
import { stripVTControlCharacters } from 'node:util';

/** Quoted text comes from servers and supervisors: escape codes and line breaks in it must not reach a report. */
export function clean(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029 ]+/gu, ' ')
    .trim();
}

/** Columns that a character takes: none for combining marks, two for the wide blocks of East Asia and emoji (UAX 11). */
function columnsOf(char: string): number {
  if (/\p{M}/u.test(char)) return 0;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x1100) return 1;
  const wide =
    code <= 0x115f ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    code >= 0x20000;
  return wide ? 2 : 1;
}

/** Columns that a text takes; colour codes take none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of stripVTControlCharacters(text)) width += columnsOf(char);
  return width;
}

/** Cuts text to `width` columns; what was cut shows as an ellipsis. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  // Half a colour code would colour the rest of the screen.
  const plain = stripVTControlCharacters(text);
  let kept = '';
  let used = 0;
  for (const char of plain) {
    used += columnsOf(char);
    if (used > width - 1) break;
    kept += char;
  }
  return `${kept.trimEnd()}…`;
}

/** Pads plain or coloured text on the right. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Pads on the left: for numbers. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Breaks plain text into lines of at most `width` columns, at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(8, width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    let rest = word;
    if (line !== '' && widthOf(line) + 1 + widthOf(rest) > room) {
      lines.push(line);
      line = '';
    }
    while (widthOf(rest) > room) {
      const part = takeColumns(rest, room);
      lines.push(part);
      rest = rest.slice(part.length);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

function takeColumns(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const char of text) {
    used += columnsOf(char);
    if (used > width && taken !== '') break;
    taken += char;
  }
  return taken;
}

/** A paragraph with a first-line prefix, whose other lines are indented under the text. */
export function hanging(
  prefix: string,
  text: string,
  width: number,
  paint: (line: string) => string = (line) => line,
): string[] {
  const indent = Math.min(widthOf(prefix), Math.max(2, Math.floor(width / 2)));
  // A prefix that would eat the line stands on a line of its own.
  if (widthOf(prefix) > indent) {
    const margin = Math.min(8, indent);
    const lines = wrap(text, width - margin).map((line) => ' '.repeat(margin) + paint(line));
    return prefix.trim() === '' ? lines : [prefix.trimEnd(), ...lines];
  }
  return wrap(text, width - indent).map((line, index) => (index === 0 ? prefix : ' '.repeat(indent)) + paint(line));
}

/** 4812 -> '4 812'. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** Time on a time line: always seconds with one decimal, so that a column of them can be compared. */
export function formatAt(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** 'one', 'two' or more of something: counted(1, 'node') -> '1 node'. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Short parts side by side, as many to a line as fit; lines after the first are indented as the prefix is wide. */
export function packed(parts: readonly string[], width: number, prefix: string, gap = 2): string[] {
  const lines: string[] = [];
  let line = prefix;
  let empty = true;
  for (const part of parts) {
    const next = empty ? line + part : line + ' '.repeat(gap) + part;
    if (!empty && widthOf(next) > width) {
      lines.push(line);
      line = ' '.repeat(widthOf(prefix)) + fit(part, width - widthOf(prefix));
    } else {
      line = fit(next, width);
    }
    empty = false;
  }
  return empty ? lines : [...lines, line];
}
