// Before a plan is shown or run: a word on stderr when its load is more than this machine was measured to generate honestly.
// It never fails a command, and standard output stays what it is.
import { stateFolder } from '../core/state-folder.js';
import { readCalibration, thisMachine } from '../load/calibration/stored.js';
import { loadWarnings } from '../load/calibration/warnings.js';
import type { Plan } from '../plan/plan.js';
import { packageVersion } from '../tier/images/package-root.js';
import type { CommandIo } from './io.js';

export function warnOfLoad(plans: readonly Plan[], io: Pick<CommandIo, 'stderr' | 'env'>): void {
  const stored = readCalibration(stateFolder(io.env), thisMachine(packageVersion()));
  const loads = plans.map(({ load }) => load);
  for (const line of loadWarnings(loads, stored)) io.stderr.write(`warning: ${line}\n`);
}
