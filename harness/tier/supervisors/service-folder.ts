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
