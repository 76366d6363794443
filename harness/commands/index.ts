// All commands by name. Adding one: its file, and a line here. A command exists when it works.
import type { Command } from 'commander';
import { register as clean } from './clean.js';
import { register as detect } from './detect.js';
import { register as diff } from './diff.js';
import { register as doctor } from './doctor.js';
import { register as history } from './history.js';
import { register as init } from './init.js';
import type { CommandIo } from './io.js';
import { register as lint } from './lint.js';
import { register as list } from './list.js';
import { register as log2load } from './log2load.js';
import { register as matrix } from './matrix.js';
import { register as open } from './open.js';
import { register as parity } from './parity.js';
import { register as plan } from './plan.js';
import { register as promise } from './promise.js';
import { register as prune } from './prune.js';
import { register as report } from './report.js';
import { register as run } from './run.js';
import { register as schema } from './schema.js';
import { register as snapshot } from './snapshot.js';
import { register as soak } from './soak.js';
import { register as down } from './down.js';
import { register as exec } from './exec.js';
import { register as hold } from './hold.js';
import { register as inject } from './inject.js';
import { register as load } from './load.js';
import { register as logs } from './logs.js';
import { register as status } from './status.js';
import { register as up } from './up.js';
import { register as validate } from './validate.js';

export type Register = (program: Command, io: CommandIo) => void;

/** In the order of --help. */
export const commands = {
  init,
  run,
  soak,
  plan,
  validate,
  schema,
  lint,
  parity,
  snapshot,
  detect,
  list,
  log2load,
  report,
  open,
  diff,
  history,
  prune,
  matrix,
  promise,
  up,
  hold,
  status,
  inject,
  exec,
  logs,
  load,
  down,
  clean,
  doctor,
} as const satisfies Readonly<Record<string, Register>>;
