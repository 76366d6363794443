// A scenario file as text: turns a path of keys into a line and a column, whatever the format is, for errors.
import type { KeyPath } from './issue.js';

export interface Position {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** Where it is not the file itself that is spoken of. */
  readonly file?: string;
}

/** What a reader of one format gives back. */
export interface ParsedSource {
  readonly value: unknown;
  /** Where something from the environment was put in. */
  readonly interpolated?: readonly KeyPath[];
  /** The place of the key at `path`, or of the nearest one above it that is written in the file. */
  locate(path: KeyPath): Position | undefined;
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

export function offsetAt(text: string, { line, column }: Position): number {
  const above = text.split('\n', line - 1);
  return above.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}

/** Tries the whole path, then what lies above it. */
export function nearestOffset(offsets: ReadonlyMap<string, number>, path: KeyPath): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = offsets.get(keyOf(path.slice(0, length)));
    if (offset !== undefined) return offset;
  }
  return undefined;
}

/** A path as a key of a map. */
export function keyOf(path: KeyPath): string {
  return JSON.stringify(path);
}
