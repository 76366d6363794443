// Where remuster keeps what outlives a run: locks, what was measured of this machine. The XDG base directory specification
// has a place for state; the bootstrap, which has no dependencies, finds the same one (bootstrap/places.mjs).
import { homedir } from 'node:os';
import { join } from 'node:path';

export function stateFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const state = env['XDG_STATE_HOME'];
  return join(state === undefined || state === '' ? join(homedir(), '.local', 'state') : state, 'remuster');
}
