// All supervisors by name. Adding one: its file, and a line here.
import type { PluginMap } from '../../core/plugin.js';
import type { Supervisor } from '../plugins.js';
import { bluepill } from './bluepill.js';
import { docker } from './docker.js';
import { pm2 } from './pm2.js';
import { monit } from './monit.js';
import { supervisord } from './supervisord.js';
import { systemd } from './systemd.js';

export const supervisors = {
  bluepill,
  docker,
  pm2,
  monit,
  supervisord,
  systemd,
} as const satisfies PluginMap<Supervisor>;
