// Where things are: the clone, and the state folder of this user. Everything of the bootstrap asks here.
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const DIST = join(ROOT, 'dist');

/** The XDG base directory specification: logs, pid files and locks are state. */
export function stateFolder() {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'remuster');
}
