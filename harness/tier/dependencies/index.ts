// All dependencies by name: services beside the nodes that their applications need. Adding one: its file, and a line here.
import type { PluginMap } from '../../core/plugin.js';
import type { Dependency } from '../plugins.js';
import { own } from './own.js';
import { redis } from './redis.js';

export const dependencies = { own, redis } as const satisfies PluginMap<Dependency>;
