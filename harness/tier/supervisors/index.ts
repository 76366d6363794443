// All supervisors by name. Adding one: its file, and a line here.
import type { PluginMap } from '../../core/plugin.js';
import type { Supervisor } from '../plugins.js';
import { bluepill } from './bluepill.js';
import { systemd } from './systemd.js';

export const supervisors = { bluepill, systemd } as const satisfies PluginMap<Supervisor>;
