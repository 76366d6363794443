// All balancers by name. Adding one: its file, its folder under docker/balancers, and a line here.
import type { PluginMap } from '../../core/plugin.js';
import type { Balancer } from '../plugins.js';
import { haproxy } from './haproxy.js';

export const balancers = { haproxy } as const satisfies PluginMap<Balancer>;
