// The option of supervisors that keep a folder for each service (runit and its relatives): which one runs the server.
import { z } from 'zod';
import type { Node } from '../plugins.js';

/** It becomes a word of a shell script. */
export const serviceFolder = z.string().regex(/^\/[\w@.:/-]+[^/]$/, {
  error: "is not the absolute path of a service directory; write it like '/etc/service/shop'",
});

export function folderOf({ supervisorOptions }: Node): string {
  return (supervisorOptions as { readonly service: string }).service;
}
