// What the supervisor of a cell is given beyond its defaults: as Debian packages the server, a policy for the path that needs
// one, and what makes the end of a crash loop the same on any machine. Pure; the result says it with the cell.
import { keysAt } from '../scenario/issue.js';
import { plugInNamed, type PlugInMaps } from '../scenario/plug-ins.js';
import type { Options, ServerForm } from './forms.js';
import type { PathChoice } from './paths.js';

/** The path that puts a supervisor into a crash loop. */
const CRASH_LOOP = 'repeat-until-gives-up';

export function givenTo(supervisor: string, form: ServerForm, choice: PathChoice, maps: PlugInMaps): Options {
  const plugin = plugInNamed(maps, 'supervisors', supervisor);
  if (!plugin) return {};
  const packaged = plugInNamed(maps, 'servers', form.kind)?.packaged?.[supervisor];
  const policy = policyOf(choice, maps);
  const defaults = plugin.options.safeParse({});
  const known = defaults.success ? plugin.promise(defaults.data).policyOptions : undefined;
  return {
    ...packaged,
    ...(choice.fault.kind === CRASH_LOOP ? plugin.crashLoopOptions : {}),
    ...(policy === undefined ? {} : known?.[policy]),
  };
}

/** The policy by which this path restarts; undefined: none has a part in it. */
export function policyOf({ fault }: PathChoice, maps: PlugInMaps): string | undefined {
  const plugin = plugInNamed(maps, 'faults', fault.kind);
  if (!plugin || !keysAt(plugin.options, []).includes('policy')) return undefined;
  return typeof fault['policy'] === 'string' ? fault['policy'] : 'memory';
}
