// Which scenario a command means: the one that was named, a sample of this package by its name, or what `init` wrote here.
import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { HarnessError } from '../core/errors.js';
import { packageRoot } from '../tier/images/package-root.js';
import type { CommandIo } from './io.js';

const NAMES = ['yaml', 'yml', 'json', 'ts', 'js'].map((ending) => `remuster.${ending}`);

/**
 * The file that was named, or the folder's own. `scenarios/kill-one.ts` is the sample that comes with remuster where the
 * folder has none of that name; that is told. Throws `usage` where nothing was named and the folder has none.
 */
export function scenarioOr(named: string | undefined, { cwd, stderr }: Pick<CommandIo, 'cwd' | 'stderr'>): string {
  const found = named ?? NAMES.find((name) => existsSync(join(cwd, name)));
  if (found === undefined)
    throw new HarnessError('usage', 'no scenario was named, and there is no remuster.yaml here', {
      hint: 'remuster run SCENARIO; remuster init writes a first one; remuster list shows those that are here',
    });
  const sample = existsSync(resolve(cwd, found)) ? undefined : sampleOf(found, cwd);
  if (sample === undefined) return found;
  stderr.write(`remuster: ${found} is not here; this is the sample that comes with remuster: ${sample}\n`);
  return sample;
}

/** Its path as it is named from here: short where the package lies below the folder. */
function sampleOf(named: string, cwd: string): string | undefined {
  if (isAbsolute(named) || !/^scenarios[/\\]/.test(named)) return undefined;
  const path = join(packageRoot(), named);
  if (!existsSync(path)) return undefined;
  const fromHere = relative(cwd, path);
  return fromHere.startsWith('..') ? path : fromHere;
}
