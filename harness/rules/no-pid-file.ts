// Trap T06: no pid file (none is needed under systemd) under a supervisor that finds its server by one. One of the rules of
// lint and parity.
import type { Rule } from './rule.js';
import { looksAtOwnPidFile } from './wants-daemon.js';

export const noPidFile: Rule = {
  name: 'no-pid-file',
  trap: 'T06',
  severity: 'error',
  summary: 'no pid file under a supervisor that finds its server by one: it never sees it',
  evidence:
    'run with bluepill 0.1.3: answers 200, the status never becomes up, a second copy is started every 4 s; systemd.service(5), PIDFile=: the main pid is guessed without it',
  scenario: 'scenarios/traps/T06-no-pid-file.ts',

  check(facts) {
    if (!looksAtOwnPidFile(facts) || facts.service.pidFile !== undefined) return [];
    const { supervisor, server } = facts.node;
    return [
      {
        setting: 'server.ownPidFile',
        value: 'ownPidFile' in server.options ? JSON.stringify(server.options['ownPidFile'] ?? 'unset') : 'none',
        sentence: `${supervisor.kind} finds its server by a pid file and ${server.kind} writes none: it answers, while ${supervisor.kind} never sees it and starts second copies`,
        fix: 'server.ownPidFile: true',
      },
    ];
  },
};
