// The key of an image: the hash of everything that goes into it. Same key, same image: a second run builds nothing,
// and a changed file rebuilds its own image and those that stand on it.
import { createHash } from 'node:crypto';
import type { ImageName } from '../runtime/runtime.js';

/** A file of the build context. */
export interface ContextFile {
  /** Relative, with '/'. */
  readonly path: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

const KEY_LENGTH = 12;

export function imageKey(files: readonly ContextFile[], parentKey: string | null): string {
  const hash = createHash('sha256').update(`parent ${parentKey ?? 'none'}\n`);
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const { path, content, executable } of sorted) {
    // Lengths and not separators: no two different contexts write the same bytes.
    hash.update(`${path.length} ${path} ${executable ? 'x' : '-'} ${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, KEY_LENGTH);
}

export function tagOf(name: ImageName, key: string): string {
  // '+' may not stand in a tag.
  return `remuster-${name.replaceAll('+', '-')}:${key}`;
}
