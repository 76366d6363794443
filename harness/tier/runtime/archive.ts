// Files of a FileSpec list as a tar archive, the form in which the engine takes them (container.ts), and back.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, pack, type Headers } from 'tar-stream';
import { HarnessError } from '../../core/errors.js';
import type { FileSpec } from './runtime.js';

/** tar-stream's `name` must be relative; the archive is unpacked at '/'. */
export async function archiveOf(files: readonly FileSpec[]): Promise<Buffer> {
  const tar = pack();
  for (const file of files) {
    const content = file.directory || file.linkTo !== undefined ? undefined : (file.bytes ?? file.content ?? '');
    if (content === undefined) tar.entry(headerOf(file));
    else tar.entry(headerOf(file), Buffer.from(content));
  }
  tar.finalize();
  return collect(tar);
}

function headerOf(file: FileSpec): Headers {
  if (!file.path.startsWith('/')) throw new HarnessError('internal', `not an absolute path in a node: ${file.path}`);
  const name = file.path.slice(1);
  const owner = { uid: file.uid ?? 0, gid: file.gid ?? 0, mtime: new Date() };
  if (file.directory) return { ...owner, name: `${name}/`, type: 'directory', mode: file.mode ?? 0o755 };
  if (file.linkTo !== undefined) return { ...owner, name, type: 'symlink', linkname: file.linkTo, mode: 0o777 };
  return { ...owner, name, type: 'file', mode: file.mode ?? 0o644 };
}

/** The text of the only file of an archive (what the engine gives for one path). */
export async function onlyFileOf(archive: NodeJS.ReadableStream, path: string): Promise<string> {
  const untar = extract();
  let text: string | undefined;
  untar.on('entry', ({ type }, content, next) => {
    void collect(content).then((bytes) => {
      if (type === 'file') text ??= bytes.toString('utf8');
      next();
    }, next);
  });
  await pipeline(Readable.from(archive), untar);
  if (text === undefined) throw new HarnessError('internal', `not a regular file: ${path}`);
  return text;
}

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
