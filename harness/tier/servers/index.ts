// All web servers by name. Adding one: its file, and a line here.
import type { PluginMap } from '../../core/plugin.js';
import type { Server } from '../plugins.js';
import { apache } from './apache.js';
import { gunicorn } from './gunicorn.js';
import { nginx } from './nginx.js';
import { node } from './node.js';
import { own } from './own.js';
import { puma } from './puma.js';
import { unicorn } from './unicorn.js';

export const servers = { apache, gunicorn, nginx, node, own, puma, unicorn } as const satisfies PluginMap<Server>;
