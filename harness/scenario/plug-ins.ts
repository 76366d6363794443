// All plug-ins that a scenario may name, by what they are. The real maps are the default; tests hand in small ones.
import type { Plugin, PluginMap } from '../core/plugin.js';
import type { Fault } from '../faults/fault.js';
import type { LoadEngine } from '../load/engine.js';
import type { App, Balancer, Dependency, Deploy, Server, Supervisor } from '../tier/plugins.js';

export interface PlugInMaps {
  readonly supervisors: PluginMap<Supervisor>;
  readonly servers: PluginMap<Server>;
  readonly apps: PluginMap<App>;
  readonly balancers: PluginMap<Balancer>;
  readonly dependencies: PluginMap<Dependency>;
  readonly deploys: PluginMap<Deploy>;
  readonly engines: PluginMap<LoadEngine>;
  readonly faults: PluginMap<Fault>;
  /** Names of checks, for `expect`. */
  readonly checks: readonly string[];
}

export type PlugInKind = Exclude<keyof PlugInMaps, 'checks'>;

/** How an error calls one of them. */
export const ONE_OF: Readonly<Record<PlugInKind, string>> = {
  supervisors: 'a supervisor',
  servers: 'a web server',
  apps: 'an application',
  balancers: 'a balancer',
  dependencies: 'a service beside the nodes',
  deploys: 'a way to deploy',
  engines: 'a load engine',
  faults: 'a fault',
};

export function plugInNamed<K extends PlugInKind>(
  maps: PlugInMaps,
  kind: K,
  name: string,
): PlugInMaps[K][string] | undefined {
  const map: Readonly<Record<string, Plugin<unknown>>> = maps[kind];
  return (Object.hasOwn(map, name) ? map[name] : undefined) as PlugInMaps[K][string] | undefined;
}
