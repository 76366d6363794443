// All load engines by name. Adding one: its file, its worker, and a line here.
import type { PluginMap } from '../core/plugin.js';
import type { LoadEngine } from './engine.js';
import { autocannon } from './engines/autocannon.js';
import { k6 } from './engines/k6.js';
import { open } from './engines/open.js';

export const engines = { autocannon, open, k6 } as const satisfies PluginMap<LoadEngine>;
