// Trap T03: a server that removes its pid file at exit, whoever is in it by then, under a supervisor that finds it by that
// file. One of the rules of lint and parity.
import type { Rule } from './rule.js';
import { looksAtOwnPidFile } from './wants-daemon.js';

export const pidFileRemovedByPredecessor: Rule = {
  name: 'pid-file-removed-by-predecessor',
  trap: 'T03',
  severity: 'error',
  summary: "a server that removes its pid file unseen: a draining old one deletes its successor's",
  evidence:
    'run with bluepill 0.1.3 and puma 5.6.5 with slow requests in flight; puma, lib/puma/launcher.rb: delete_pidfile does not compare the content',
  scenario: 'scenarios/traps/T03-pid-file-removed-by-predecessor.ts',

  check(facts) {
    const { service, node } = facts;
    if (!looksAtOwnPidFile(facts) || service.pidFile === undefined || service.removesAnyPidFile !== true) return [];
    const bySupervisor = service.cannotDaemonize;
    return [
      {
        setting: bySupervisor ? 'supervisor.daemonize' : 'server.ownPidFile',
        value: bySupervisor ? JSON.stringify(node.supervisor.options['daemonize'] ?? 'unset') : 'true',
        sentence: `${node.server.kind} removes ${service.pidFile} at its exit without a look: at a restart with slow requests in flight the old one takes its successor's away, and ${node.supervisor.kind} loses the server`,
        fix: bySupervisor
          ? `let ${node.supervisor.kind} daemonize it (supervisor.daemonize: true): it then keeps a pid file of its own`
          : 'server.ownPidFile: false, or a pid file at another path than the one that is watched',
      },
    ];
  },
};
