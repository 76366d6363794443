// The build context of an image: its folder under docker/, and for the base what is taken over from this machine.
// Keys are made of it (key.ts) and it is what the engine gets (build.ts).
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pack } from 'tar-stream';
import type { ImageName } from '../runtime/runtime.js';
import { hostFiles } from './host-settings.js';
import { imageKey, type ContextFile } from './key.js';
import { packageRoot } from './package-root.js';
import { chainOf, recipeOf } from './recipes.js';

/** A folder's files in a stable order; editors' leftovers are not part of an image. */
export function filesOf(folder: string): readonly ContextFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/(~|\.swp|\.DS_Store)$/.test(path) && statSync(join(folder, path)).isFile())
    .toSorted()
    .map((path) => ({
      path: path.split(sep).join('/'),
      content: readFileSync(join(folder, path)),
      executable: (statSync(join(folder, path)).mode & 0o100) !== 0,
    }));
}

export function contextOf(name: ImageName): readonly ContextFile[] {
  const recipe = recipeOf(name);
  const own = filesOf(join(packageRoot(), recipe.folder));
  if (recipe.parent !== null) return own;
  return [...own, ...hostFiles().map((file) => ({ ...file, path: `host/${file.path}` }))];
}

/** The key of an image, which holds the keys of all that it stands on. */
export function keyOf(name: ImageName): string {
  let key: string | null = null;
  for (const link of chainOf(name)) key = imageKey(contextOf(link), key);
  return key!;
}

/** The context as the engine wants it. `host/` is there even when this machine adds nothing to it. */
export async function contextArchive(files: readonly ContextFile[]): Promise<Buffer> {
  const tar = pack();
  // Fixed times: the engine's own layer cache must not see a difference where there is none.
  const mtime = new Date(0);
  tar.entry({ name: 'host/', type: 'directory', mode: 0o755, mtime });
  for (const { path, content, executable } of files)
    tar.entry({ name: path, mode: executable ? 0o755 : 0o644, mtime }, content);
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
