// Trap T01: a foreground server lands in its supervisor's process group, and the supervisor signals that group at its first
// automated restart. One of the rules of lint and parity.
import type { Rule } from './rule.js';
import { foregroundSetting, staysInForeground, valueOf } from './wants-daemon.js';

export const foregroundInSupervisorsGroup: Rule = {
  name: 'foreground-in-supervisors-group',
  trap: 'T01',
  severity: 'error',
  summary: 'a foreground server under a supervisor that monitors children: the supervisor ends its own group',
  evidence:
    'run with bluepill 0.1.3, unicorn 6.0 and puma 5.6.5; bluepill, lib/bluepill/process_journal.rb: process groups of the children are signalled at a stop',
  scenario: 'scenarios/traps/T01-foreground-in-supervisors-group.ts',

  check(facts) {
    if (!staysInForeground(facts) || facts.node.supervisor.options['monitorChildren'] !== true) return [];
    const { kind } = facts.node.supervisor;
    const setting = foregroundSetting(facts);
    return [
      {
        setting,
        value: valueOf(facts, setting),
        sentence: `the foreground server runs in ${kind}'s own process group; with monitorChildren the first automated restart ends that group, and ${kind} with it`,
        fix: `${setting}: true`,
      },
    ];
  },
};
