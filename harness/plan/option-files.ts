// Options of a plug-in that are files: a scenario names them from its own folder, a plan from the directory in which
// remuster runs. Pure; part of the planner.
import { dirname, isAbsolute, join } from 'node:path/posix';
import type { PluginChoice } from './plugin-choice.js';

/** `names`: of the options that are files; `file`: in which the choice was written. */
export function fromItsFolder({ kind, options }: PluginChoice, names: readonly string[], file: string): PluginChoice {
  const found = names.map((name) => [name, placed(options[name], file)] as const).filter(([, value]) => value);
  return { kind, options: { ...options, ...Object.fromEntries(found) } };
}

/** A path, or a group that says how a folder is built. */
function placed(value: unknown, file: string): unknown {
  if (typeof value === 'string') return isAbsolute(value) ? value : join(dirname(file), value);
  if (typeof value !== 'object' || value === null || !('context' in value)) return value;
  return { ...value, context: placed(value.context, file) };
}
