// The option of supervisors that keep a folder for each service (runit and its relatives): which one runs the server.
import { dirname } from 'node:path/posix';
import { z } from 'zod';
import type { Node } from '../plugins.js';

/** It becomes a word of a shell script. */
export const serviceFolder = z.string().regex(/^\/[\w@.:/-]+[^/]$/, {
  error: "is not the absolute path of a service directory; write it like '/etc/service/shop'",
});

/** Another service of the same supervisor, called so: its folder is beside that of the first. */
export function folderNamed(name: string, beside: Readonly<Record<string, unknown>>, standard: string): string {
  const { service } = beside;
  return `${typeof service === 'string' ? dirname(service) : standard}/${name}`;
}

export function folderOf({ supervisorOptions }: Node): string {
  return (supervisorOptions as { readonly service: string }).service;
}

/** Why nothing can be looked after there: no such folder, and those that are beside it. */
export async function absentFolder(node: Node): Promise<string | undefined> {
  const folder = folderOf(node);
  const { stdout } = await node.container.exec(['ls', '-1', '-d', '-L', folder]);
  if (stdout.trim() === folder) return undefined;
  const beside = dirname(folder);
  const there = (await node.container.exec(['ls', '-1', beside])).stdout.trim().split('\n').filter(Boolean);
  return `there is no ${folder} in the node; in ${beside} there is ${there.length > 0 ? there.join(', ') : 'nothing'}`;
}
