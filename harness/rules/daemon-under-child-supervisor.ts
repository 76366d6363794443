// Trap T07: a server that puts itself into the background under a supervisor that tracks the process which it started. One
// of the rules of lint and parity.
import type { Rule } from './rule.js';

export const daemonUnderChildSupervisor: Rule = {
  name: 'daemon-under-child-supervisor',
  trap: 'T07',
  severity: 'error',
  summary:
    "a server that daemonizes under a supervisor that tracks its child: the launcher's end counts as the server's",
  evidence:
    'run with systemd 252 (simple), runit 2.1.2, supervisord 4.2.5, pm2 7.0.3: an orphan answers 200 while the supervisor says failed, FATAL or errored; systemd.service(5), Type=simple',
  scenario: 'scenarios/traps/T07-daemon-under-child-supervisor.ts',

  check({ node, service, suggests }) {
    if (suggests.daemonize || !service.daemonizes) return [];
    return [
      {
        setting: 'server.daemonize',
        value: JSON.stringify(node.server.options['daemonize'] ?? 'unset'),
        sentence: `${node.supervisor.kind} takes the end of the launcher for the end of the server: an untracked orphan serves, or is killed with its group, and no restart works`,
        fix: 'server.daemonize: false',
      },
    ];
  },
};
