// All lint rules by name. Adding one: its file, the scenario that shows it happen, and a line here.
import { budgetShorterThanOutage } from './budget-shorter-than-outage.js';
import { cleanEndStaysDown } from './clean-end-stays-down.js';
import { daemonUnderChildSupervisor } from './daemon-under-child-supervisor.js';
import { foregroundInSupervisorsGroup } from './foreground-in-supervisors-group.js';
import { foregroundUnreadOutput } from './foreground-unread-output.js';
import { inPlaceLosesMaster } from './in-place-loses-master.js';
import { noPidFile } from './no-pid-file.js';
import { noRestart } from './no-restart.js';
import { pidFileRemovedByPredecessor } from './pid-file-removed-by-predecessor.js';
import type { Problem, Rule, RuleFacts } from './rule.js';
import { stalePidFile } from './stale-pid-file.js';
import { stopShorterThanDrain } from './stop-shorter-than-drain.js';
import { watchdogWithoutKeepAlive } from './watchdog-without-keep-alive.js';

/** Most dangerous first: the order in which problems are told. */
export const rules: readonly Rule[] = [
  foregroundInSupervisorsGroup,
  foregroundUnreadOutput,
  pidFileRemovedByPredecessor,
  noPidFile,
  daemonUnderChildSupervisor,
  stalePidFile,
  noRestart,
  watchdogWithoutKeepAlive,
  cleanEndStaysDown,
  inPlaceLosesMaster,
  stopShorterThanDrain,
  budgetShorterThanOutage,
];

/** A problem with the rule that found it. */
export interface Broken extends Problem {
  readonly rule: Rule;
}

export function brokenRules(facts: RuleFacts): readonly Broken[] {
  // What a user's own server is started with is in its image: nothing to go by before it runs.
  if (facts.service.isOwn) return [];
  const found = rules.flatMap((rule) => rule.check(facts).map((problem) => ({ ...problem, rule })));
  return [
    ...found.filter(({ rule }) => rule.severity === 'error'),
    ...found.filter(({ rule }) => rule.severity !== 'error'),
  ];
}
