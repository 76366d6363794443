// All sample applications by name. Adding one: its file, its folder under docker/apps, and a line here.
import type { PluginMap } from '../../core/plugin.js';
import type { App } from '../plugins.js';
import { own } from './own.js';
import { shop } from './shop.js';

export const apps = { own, shop } as const satisfies PluginMap<App>;
