// Trap T20: a pid file that outlives its container's processes, for a server that refuses to start while that pid lives.
// One of the rules of lint and parity.
import type { Rule } from './rule.js';

export const stalePidFile: Rule = {
  name: 'stale-pid-file',
  trap: 'T20',
  severity: 'error',
  summary: 'a pid file in the writable layer of a container: after a crash the server takes itself for the one in it',
  evidence:
    'unicorn, lib/unicorn/http_server.rb: valid_pid? asks only whether the pid lives, and in a container each start gets the same small pid; reported for many images, docker-library/php issue 53 among them',
  scenario: 'scenarios/traps/T20-stale-pid-file.ts',

  check({ node, promise, service }) {
    // Who lives outside of the node starts it anew as a whole: pids begin again, files stay.
    if (promise.livesOutside !== true || service.pidFile === undefined || service.refusesLivePidFile !== true)
      return [];
    const { server, supervisor } = node;
    return [
      {
        setting: 'server.ownPidFile',
        value: JSON.stringify(server.options['ownPidFile'] ?? 'unset'),
        sentence: `${supervisor.kind} starts the container again with its files kept: after a crash ${server.kind} finds ${service.pidFile}, whose pid is alive because it is its own, and refuses to start, again and again`,
        fix: 'server.ownPidFile: false, or a start command that removes the file first',
      },
    ];
  },
};
