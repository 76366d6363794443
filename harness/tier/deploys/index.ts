// All ways of deploying by name. Adding one: its file, and a line here.
import type { PluginMap } from '../../core/plugin.js';
import type { Deploy } from '../plugins.js';
import { hot } from './hot.js';

export const deploys = { hot } as const satisfies PluginMap<Deploy>;
