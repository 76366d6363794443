// In which forms a server takes part (alone, as a cluster). Pure: the plug-ins are asked what they accept, so that no name of
// a plug-in stands here.
import type { PluginMap } from '../core/plugin.js';
import type { Server } from '../tier/plugins.js';

export type Options = Readonly<Record<string, unknown>>;

export interface ServerForm {
  readonly name: string;
  readonly kind: string;
  readonly options: Options;
}

/** A restart is the master's affair: two workers tell the same as four, and a cell costs half as much processor time. */
const WORKERS = 2;

export function serverForms(servers: PluginMap<Server>): readonly ServerForm[] {
  return Object.entries(servers).flatMap(([kind, server]) => {
    if (server.isOwn) return [];
    const plain: ServerForm = { name: kind, kind, options: {} };
    const usual = workersOf(server, {});
    const some = workersOf(server, { workers: WORKERS });
    if (usual === undefined || some !== WORKERS) return [plain];
    const cluster = { kind, options: { workers: WORKERS } };
    if (usual === 0) return [plain, { ...cluster, name: `${kind}-cluster` }];
    return [usual !== null && usual > WORKERS ? { ...cluster, name: kind } : plain];
  });
}

/** How many workers a server says to have with these options; undefined where it does not take them. */
function workersOf(server: Server, options: Options): number | null | undefined {
  const parsed = server.options.safeParse(options);
  return parsed.success ? server.workers(parsed.data) : undefined;
}
