// The scenario of a folder, for commands that were given none: what `init` writes.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../core/errors.js';

const NAMES = ['yaml', 'yml', 'json', 'ts', 'js'].map((ending) => `remuster.${ending}`);

/** The one that was named, or the folder's own. Throws `usage` where there is neither. */
export function scenarioOr(named: string | undefined, cwd: string): string {
  const found = named ?? NAMES.find((name) => existsSync(join(cwd, name)));
  if (found !== undefined) return found;
  throw new HarnessError('usage', 'no scenario was named, and there is no remuster.yaml here', {
    hint: 'remuster run SCENARIO; remuster init writes a first one; remuster list shows those that are here',
  });
}
