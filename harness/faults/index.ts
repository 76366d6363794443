// All faults by name. Adding one: its file, and a line here.
import type { PluginMap } from '../core/plugin.js';
import type { Fault } from './fault.js';
import { freeze } from './freeze.js';
import { kill } from './kill.js';
import { policyRestart } from './policy-restart.js';
import { restartCommand } from './restart-command.js';

export const faults = {
  kill,
  'restart-command': restartCommand,
  'policy-restart': policyRestart,
  freeze,
} as const satisfies PluginMap<Fault>;
