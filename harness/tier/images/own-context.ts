// The build context of a user's own folder as the engine wants it: what its .dockerignore leaves, as a tar stream.
import { createReadStream, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import dockerIgnore from '@balena/dockerignore';
import { pack, type Pack } from 'tar-stream';

/** Paths below the folder, with "/", in a stable order. The Dockerfile goes along even where it is ignored. */
export function ownContextPaths(folder: string, dockerfile: string): readonly string[] {
  const rules = ignored(folder);
  const isWanted = dockerIgnore.default({ ignorecase: false }).add(rules).createFilter();
  return pathsBelow(folder)
    .filter((path) => path === dockerfile || path === '.dockerignore' || isWanted(path))
    .toSorted();
}

/** A link goes along as a link: what it leads to is not the folder's, and may lead back into it. */
function pathsBelow(folder: string, within = ''): readonly string[] {
  return readdirSync(join(folder, within), { withFileTypes: true }).flatMap((entry) => {
    const path = `${within}${entry.name}`;
    return entry.isDirectory() ? [path, ...pathsBelow(folder, `${path}/`)] : [path];
  });
}

function ignored(folder: string): string[] {
  try {
    return readFileSync(join(folder, '.dockerignore'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Starts at once; an unreadable file ends the stream with the error. */
export function ownContextArchive(folder: string, dockerfile: string): Pack {
  const tar = pack();
  void packInto(tar, folder, ownContextPaths(folder, dockerfile)).catch((error: unknown) =>
    tar.destroy(error as Error),
  );
  return tar;
}

async function packInto(tar: Pack, folder: string, paths: readonly string[]): Promise<void> {
  for (const name of paths) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    const { mode, mtime, size } = stat;
    const header = { name, mode: mode & 0o7777, mtime };
    if (stat.isDirectory()) tar.entry({ ...header, type: 'directory' });
    else if (stat.isSymbolicLink()) tar.entry({ ...header, type: 'symlink', linkname: readlinkSync(path) });
    else await pipeline(createReadStream(path), tar.entry({ ...header, size }));
  }
  tar.finalize();
}
