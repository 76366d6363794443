// Trap T09: restart only on failure, with a server that ends with 0 when it is asked to. One of the rules of lint and parity.
import { optionNamed, RESTART_KEYS } from './option-names.js';
import type { Rule } from './rule.js';

export const cleanEndStaysDown: Rule = {
  name: 'clean-end-stays-down',
  trap: 'T09',
  severity: 'error',
  summary: 'restart only on failure: a server that ends with 0 stays down',
  evidence:
    'run with systemd 252, supervisord 4.2.5 and the restart policy of Docker; systemd.service(5), the table of Restart=: on-failure does not restart after a clean exit code or signal (HUP, INT, TERM, PIPE)',
  scenario: 'scenarios/traps/T09-clean-end-stays-down.ts',

  check({ node, promise }) {
    const { restartsAfter } = promise;
    if (!restartsAfter.includes('signal') || restartsAfter.includes('clean-exit')) return [];
    const { kind, options } = node.supervisor;
    const key = optionNamed(RESTART_KEYS, options);
    return [
      {
        setting: `supervisor.${key}`,
        value: JSON.stringify(options[key] ?? 'unset'),
        sentence: `${kind} takes a graceful end of ${node.server.kind} (a stray TERM or QUIT, a worker limit, a clean-up hook) for success and leaves it down`,
        fix: `a policy of ${kind} that restarts after every end (systemd: restart: 'always')`,
      },
    ];
  },
};
