// All faults by name. Adding one: its file, and a line here.
import type { PluginMap } from '../core/plugin.js';
import { cleanExit } from './clean-exit.js';
import { dependencyDown } from './dependency-down.js';
import { exec } from './exec.js';
import type { Fault } from './fault.js';
import { freeze } from './freeze.js';
import { inPlace } from './in-place.js';
import { kill } from './kill.js';
import { nodeReboot } from './node-reboot.js';
import { phased } from './phased.js';
import { policyRestart } from './policy-restart.js';
import { reload } from './reload.js';
import { repeatUntilGivesUp } from './repeat-until-gives-up.js';
import { restartCommand } from './restart-command.js';
import { supervisorDeath } from './supervisor-death.js';

export const faults = {
  kill,
  'restart-command': restartCommand,
  'policy-restart': policyRestart,
  'in-place': inPlace,
  phased,
  reload,
  'clean-exit': cleanExit,
  'supervisor-death': supervisorDeath,
  'repeat-until-gives-up': repeatUntilGivesUp,
  'node-reboot': nodeReboot,
  'dependency-down': dependencyDown,
  freeze,
  exec,
} as const satisfies PluginMap<Fault>;
