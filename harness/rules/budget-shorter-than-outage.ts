// Trap T10: a finite budget of starts that is used up while a dependency or the port is away for some seconds; the
// supervisor then stays down although the cause is gone. One of the rules of lint and parity.
import { formatMs } from '../core/units.js';
import type { RestartPromise } from '../plan/promise.js';
import { BUDGET_KEYS, optionNamed } from './option-names.js';
import type { Rule } from './rule.js';

/** A dependency that is restarted is away for so long; a budget that lasts longer is no trap. */
const OUTAGE_MS = 60_000;

export const budgetShorterThanOutage: Rule = {
  name: 'budget-shorter-than-outage',
  trap: 'T10',
  severity: 'warning',
  summary: 'a finite number of starts that is used up within seconds: the supervisor gives up for good',
  evidence:
    'run with systemd 252, supervisord 4.2.5, pm2 7.0.3, bluepill 0.1.3 and monit 5.33; systemd.unit(5): StartLimitBurst= 5 in StartLimitIntervalSec= 10 s by default',
  scenario: 'scenarios/traps/T10-budget-shorter-than-outage.ts',

  check({ node, promise }) {
    const { budget } = promise;
    if (budget === undefined || promise.restartsAfter.length === 0) return [];
    const usedUpMs = timeUntilUsedUp(promise, budget.restarts);
    // Starts that are further apart than the interval allows never use it up.
    if (usedUpMs > budget.withinMs || usedUpMs > OUTAGE_MS) return [];
    const { kind, options } = node.supervisor;
    const key = optionNamed(BUDGET_KEYS, options);
    return [
      {
        setting: `supervisor.${key}`,
        value: JSON.stringify(options[key] ?? 'default'),
        sentence: `${kind} gives up for good ("${budget.thenState}") after ${budget.restarts} restarts within ${formatMs(budget.withinMs)}; where each start fails at once that takes ${formatMs(usedUpMs)}, less than a dependency's own restart`,
        fix: `no limit, or a restart delay with which the tries last longer than ${formatMs(OUTAGE_MS)}`,
      },
    ];
  },
};

/** The delays before each of the tries, which grow from the first to the longest where the promise says so. */
function timeUntilUsedUp({ restartDelayMs, restartDelayGrowsToMs }: RestartPromise, restarts: number): number {
  if (restartDelayGrowsToMs === undefined) return restarts * restartDelayMs;
  return Array.from({ length: restarts }, (_, index) =>
    Math.min(restartDelayGrowsToMs, restartDelayMs * (index + 1)),
  ).reduce((sum, delay) => sum + delay, 0);
}
