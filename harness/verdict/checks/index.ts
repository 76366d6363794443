// All checks by name, in the order in which findings are told.
import { acknowledgedWritesKept } from './acknowledged-writes-kept.js';
import { budgets } from './budgets.js';
import type { Check } from './check.js';
import { deathsAccountedFor } from './deaths-accounted-for.js';
import { drift } from './drift.js';
import { everyNodeReturns } from './every-node-returns.js';
import { faultsLanded } from './faults-landed.js';
import { loadThresholds } from './load-thresholds.js';
import { loadWasReal } from './load-was-real.js';
import { muster } from './muster.js';
import { noCascade } from './no-cascade.js';
import { recoveryTime } from './recovery-time.js';
import { restartBudget } from './restart-budget.js';
import { steadyState } from './steady-state.js';

export const checks: Readonly<Record<string, Check>> = {
  muster: muster,
  'every-node-returns': everyNodeReturns,
  'acknowledged-writes-kept': acknowledgedWritesKept,
  'recovery-time': recoveryTime,
  'deaths-accounted-for': deathsAccountedFor,
  budgets: budgets,
  drift: drift,
  'restart-budget': restartBudget,
  'no-cascade': noCascade,
  'steady-state': steadyState,
  'faults-landed': faultsLanded,
  'load-thresholds': loadThresholds,
  'load-was-real': loadWasReal,
};
