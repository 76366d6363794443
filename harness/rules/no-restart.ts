// Trap T36: a supervisor that restarts nothing after a crash, as units without Restart= do. (The notes have it in their
// section on systemd, A.2; numbered on from their list.) One of the rules of lint and parity.
import { optionNamed, RESTART_KEYS } from './option-names.js';
import type { Rule } from './rule.js';

export const noRestart: Rule = {
  name: 'no-restart',
  trap: 'T36',
  severity: 'error',
  summary: 'no restart after a crash: what is killed stays away',
  evidence:
    "systemd.service(5): Restart= is no unless it is set; read in Debian 12's packages: the units of nginx and php8.2-fpm set none",
  scenario: 'scenarios/traps/T36-no-restart.ts',

  check({ node, promise }) {
    if (promise.restartsAfter.includes('signal')) return [];
    const { kind, options } = node.supervisor;
    const known = optionNamed(RESTART_KEYS, options);
    const after =
      promise.restartsAfter.length === 0 ? 'after nothing' : `only after ${promise.restartsAfter.join(', ')}`;
    return [
      {
        setting: `supervisor.${known}`,
        value: JSON.stringify(options[known] ?? 'unset'),
        sentence: `${kind} restarts the server ${after}: the first crash, or the first kill by the kernel for want of memory, takes the node away for good`,
        fix: `a policy of ${kind} that restarts after every end`,
      },
    ];
  },
};
