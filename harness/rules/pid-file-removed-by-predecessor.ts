// Trap T03: a server that removes its pid file at exit, whoever is in it by then, under a supervisor that finds it by that
// file. One of the rules of lint and parity.
import type { Rule } from './rule.js';
import { looksAtOwnPidFile, valueOf } from './wants-daemon.js';

export const pidFileRemovedByPredecessor: Rule = {
  name: 'pid-file-removed-by-predecessor',
  trap: 'T03',
  severity: 'error',
  summary: "a server that removes its pid file unseen: a draining old one deletes its successor's",
  evidence:
    'run with bluepill 0.1.3 and puma 5.6.5 with slow requests in flight; puma, lib/puma/launcher.rb: delete_pidfile does not compare the content',
  scenario: 'scenarios/traps/T03-pid-file-removed-by-predecessor.ts',

  check(facts) {
    const { service, node, promise } = facts;
    if (promise.overlapsAtRestart !== true || service.removesAnyPidFile !== true) return [];
    if (!looksAtOwnPidFile(facts) || service.pidFile === undefined) return [];
    const { supervisor, server } = node;
    return [
      {
        // A server that cannot daemonize can be left to the supervisor to put into the background.
        setting: service.cannotDaemonize ? 'supervisor.daemonize' : 'server',
        value: service.cannotDaemonize ? valueOf(facts, 'supervisor.daemonize') : server.kind,
        sentence: `${server.kind} removes ${service.pidFile} at its exit without a look: at a restart with slow requests in flight the old one takes its successor's away, and ${supervisor.kind} loses the server`,
        fix: service.cannotDaemonize
          ? `let ${supervisor.kind} daemonize it (supervisor.daemonize: true): it then keeps a pid file of its own`
          : `a restart command for ${supervisor.kind} that waits for the end of the old one`,
      },
    ];
  },
};
