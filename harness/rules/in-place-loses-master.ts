// Trap T19: an in-place restart whose new master has another pid, under a supervisor that only follows one pid. One of the
// rules of lint and parity.
import type { Rule } from './rule.js';

export const inPlaceLosesMaster: Rule = {
  name: 'in-place-loses-master',
  trap: 'T19',
  severity: 'error',
  summary:
    "an in-place restart to a new pid under a supervisor that tracks one pid: the old master's end is the service's",
  evidence:
    'run with systemd 252 and unicorn 6.0: the whole control group is killed when the old master leaves; the unit that unicorn brings as an example says that USR2 upgrades do not work under systemd',
  scenario: 'scenarios/traps/T19-in-place-loses-master.ts',

  check({ node, promise, drivenPaths, pathsToNewPid }) {
    if (promise.followsInPlace !== 'same-pid') return [];
    const driven = pathsToNewPid.filter((name) => drivenPaths.includes(name));
    if (driven.length === 0) return [];
    const { kind, options } = node.supervisor;
    const setting = 'type' in options ? 'supervisor.type' : 'supervisor';
    return [
      {
        setting,
        value: JSON.stringify(options['type'] ?? kind),
        sentence: `after an ${driven.join(', ')} restart of ${node.server.kind} the master has another pid; ${kind} here tracks the old one, and ends the new one with it or loses it`,
        fix: `track it by its pid file (systemd: type: 'forking')`,
      },
    ];
  },
};
