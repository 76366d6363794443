// Trap T12: a stop time-out below the time that requests in flight need. One of the rules of lint and parity.
import { formatMs } from '../core/units.js';
import { optionNamed, STOP_KEYS } from './option-names.js';
import type { Rule } from './rule.js';

export const stopShorterThanDrain: Rule = {
  name: 'stop-shorter-than-drain',
  trap: 'T12',
  severity: 'error',
  summary: 'a stop time-out below the drain time: requests in flight are cut at every restart',
  evidence:
    'run with monit 5.33 and pm2 7.0.3 (a 12 s request is reset after 1.6 s); systemd.service(5), TimeoutStopSec=: SIGKILL after it',
  scenario: 'scenarios/traps/T12-stop-shorter-than-drain.ts',

  check({ node, promise, drainMs }) {
    const { stopTimeoutMs } = promise;
    if (stopTimeoutMs === undefined || stopTimeoutMs >= drainMs) return [];
    const { kind, options } = node.supervisor;
    const key = optionNamed(STOP_KEYS, options);
    return [
      {
        setting: `supervisor.${key}`,
        value: JSON.stringify(options[key] ?? 'default'),
        sentence: `${kind} kills the server ${formatMs(stopTimeoutMs)} after its stop signal, and its requests in flight take up to ${formatMs(drainMs)}: every restart cuts them off`,
        fix: `a stop time-out above ${formatMs(drainMs)}`,
      },
    ];
  },
};
