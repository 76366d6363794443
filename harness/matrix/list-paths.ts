// The restart paths for `list`: those that faults drive and those that servers name, each once, with the servers that have it.
import { plugInNamed, type PlugInMaps } from '../scenario/plug-ins.js';
import type { ServerPath } from '../plan/promise.js';
import { serverForms } from './forms.js';
import { pathChoices, type PathChoice } from './paths.js';

export interface ListedPath {
  readonly name: string;
  readonly summary: string;
  /** Absent where it is not a server's affair. */
  readonly servers?: readonly string[];
}

interface Having {
  readonly server: string;
  readonly path: ServerPath;
}

export function restartPaths(maps: PlugInMaps): readonly ListedPath[] {
  const having = serversByPath(maps);
  const choices = pathChoices(maps.faults);
  const own = [...having.keys()].filter((name) => !choices.some((choice) => choice.name === name));
  return [
    ...choices.map((choice) => listed(choice.name, summaryOf(choice, maps), having.get(choice.name))),
    ...own.map((name) => listed(name, expectation(having.get(name)?.[0]?.path), having.get(name))),
  ];
}

function listed(name: string, summary: string, having: readonly Having[] | undefined): ListedPath {
  if (!having) return { name, summary };
  const words = having.map(({ server, path: { signal } }) =>
    signal ? `${server} ${signal.name}${signal.thenOld ? ` then ${signal.thenOld}` : ''}` : server,
  );
  return { name, summary: `${summary}; ${words.join(', ')}`, servers: having.map(({ server }) => server) };
}

/** A fault that drives several paths says of all of them what it does; here it says which. */
function summaryOf({ fault: { kind, ...deciding } }: PathChoice, maps: PlugInMaps): string {
  const [chosen] = Object.entries(deciding);
  if (chosen) return `the fault ${kind} with ${chosen[0]}: ${String(chosen[1])}`;
  return plugInNamed(maps, 'faults', kind)?.summary ?? '';
}

function serversByPath(maps: PlugInMaps): ReadonlyMap<string, readonly Having[]> {
  const found = new Map<string, Having[]>();
  for (const { name, kind, options } of serverForms(maps.servers)) {
    const server = plugInNamed(maps, 'servers', kind);
    const parsed = server?.options.safeParse(options);
    if (!server || !parsed?.success) continue;
    for (const path of server.paths(parsed.data))
      found.set(path.name, [...(found.get(path.name) ?? []), { server: name, path }]);
  }
  return found;
}

function expectation(path: ServerPath | undefined): string {
  if (!path) return '';
  const { subject, expects } = path;
  const verb = subject === 'workers' ? 'are' : 'is';
  if (expects === 're-executed') return `the ${subject} executes itself anew`;
  return `the ${subject} ${expects === 'replaced' ? `${verb} replaced` : expects === 'kept' ? `${verb} kept` : 'may be replaced'}`;
}
