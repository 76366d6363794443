// `extends: ./base.yaml`: the scenario of another file below that of this one. Groups of keys are merged, lists and values
// replace each other; every place stays that of the file in which it is written.
import { dirname, isAbsolute, join } from 'node:path';
import type { KeyPath } from './issue.js';
import type { ParsedSource, Position } from './source.js';

type Group = Readonly<Record<string, unknown>>;

export interface FileSource extends ParsedSource {
  /** As it was given. */
  readonly file: string;
}

/** What a file says for itself, and the scenario in it; `$schema` is for editors. */
export function takenApart(value: Group): { readonly base: unknown; readonly scenario: Group } {
  const keys = Object.entries(value).filter(([key]) => key !== '$schema' && key !== 'extends');
  return { base: value['extends'], scenario: Object.fromEntries(keys) };
}

/** The file that is extended, named as seen from where the extending one is. */
export function baseOf(file: string, written: string): string {
  return isAbsolute(written) ? written : join(dirname(file), written);
}

export function laidOver(own: FileSource, base: FileSource): FileSource {
  return {
    file: own.file,
    value: isGroup(own.value) && isGroup(base.value) ? merged(base.value, own.value) : own.value,
    interpolated: [...(base.interpolated ?? []), ...(own.interpolated ?? [])],
    locate: (path) => located(path, own, base),
  };
}

function merged(base: Group, own: Group): Group {
  if (isAnotherKind(own, base)) return own;
  const over = Object.entries(own).map(([key, value]): [string, unknown] => {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    return [key, isGroup(value) && isGroup(below) ? merged(below, value) : value];
  });
  return { ...base, ...Object.fromEntries(over) };
}

/** As with `app` over the scenario's: another kind has other options, so it replaces the whole choice. */
function isAnotherKind(own: Group, base: Group): boolean {
  return own['kind'] !== undefined && base['kind'] !== undefined && own['kind'] !== base['kind'];
}

/** In the file that gave the value; what neither has is missing in this one. */
function located(path: KeyPath, own: FileSource, base: FileSource): Position | undefined {
  let here = own.value;
  let below = base.value;
  for (const key of path.map(String)) {
    if (!isGroup(here) || !isGroup(below) || isAnotherKind(here, below)) break;
    if (!Object.hasOwn(here, key)) {
      if (!Object.hasOwn(below, key)) break;
      const at = base.locate(path);
      return at && { ...at, file: at.file ?? base.file };
    }
    here = here[key];
    below = below[key];
  }
  return own.locate(path);
}

function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
