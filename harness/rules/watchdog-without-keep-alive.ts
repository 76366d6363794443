// Trap T37: a watchdog over a server that does not say that it lives: ended and started for ever. (The notes have it in their
// section on systemd, A.2; numbered on from their list.) One of the rules of lint and parity.
import { formatMs } from '../core/units.js';
import type { Rule } from './rule.js';

const WATCHDOG = 'watchdog';

export const watchdogWithoutKeepAlive: Rule = {
  name: 'watchdog-without-keep-alive',
  trap: 'T37',
  severity: 'error',
  summary: 'a watchdog over a server that never says that it lives: it is restarted for ever',
  evidence:
    'systemd.service(5): WatchdogSec= ends a service that has not sent WATCHDOG=1 for so long; run with gunicorn 20, which sends READY=1 and nothing after it: ended every 8 s',
  scenario: 'scenarios/traps/T37-watchdog-without-keep-alive.ts',

  check({ node, promise, tellsSystemd }) {
    const policy = promise.policies.find(({ name }) => name === WATCHDOG);
    if (!policy || tellsSystemd === 'alive') return [];
    const { supervisor, server } = node;
    return [
      {
        setting: `supervisor.${WATCHDOG}`,
        value: policy.limit,
        sentence: `${supervisor.kind} ends ${server.kind} every ${formatMs(policy.periodMs)}, since it never says that it lives, and starts it again, for ever`,
        fix: `no ${WATCHDOG}, or a server that sends keep-alives`,
      },
    ];
  },
};
