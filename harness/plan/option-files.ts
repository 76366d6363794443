// Options of a plug-in that are files: a scenario names them from its own folder, a plan from the directory in which
// remuster runs. Pure; part of the planner.
import { dirname, isAbsolute, join } from 'node:path/posix';
import type { PluginChoice } from './plan.js';

/** `names`: of the options that are files; `file`: in which the choice was written. */
export function fromItsFolder({ kind, options }: PluginChoice, names: readonly string[], file: string): PluginChoice {
  const found = names.flatMap((name) => {
    const path = options[name];
    return typeof path === 'string' && !isAbsolute(path) ? [[name, join(dirname(file), path)] as const] : [];
  });
  return { kind, options: { ...options, ...Object.fromEntries(found) } };
}
