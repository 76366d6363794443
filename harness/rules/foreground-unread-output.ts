// Trap T02: a foreground server under a supervisor that waits for the start command to return and never reads its output:
// the pipe fills and the server blocks for ever. One of the rules of lint and parity.
import type { Rule } from './rule.js';
import { foregroundSetting, staysInForeground, valueOf } from './wants-daemon.js';

/** pipe(7): what a pipe holds on Linux. */
const PIPE_BYTES = 65_536;

export const foregroundUnreadOutput: Rule = {
  name: 'foreground-unread-output',
  trap: 'T02',
  severity: 'error',
  summary: 'a foreground server under a supervisor that wants a daemon: it hangs after 64 KiB of output',
  evidence:
    'run with bluepill 0.1.3: with 1 KiB of log per request, request 65 hangs, and bluepill says up; its log asks "Did you forget to tell bluepill to daemonize this process?"; pipe(7)',
  scenario: 'scenarios/traps/T02-foreground-unread-output.ts',

  check(facts) {
    if (!staysInForeground(facts) || facts.suggests.startThatStays !== 'left-unread') return [];
    const { kind } = facts.node.supervisor;
    const setting = foregroundSetting(facts);
    const requests = facts.outputBytesPerRequest > 0 ? Math.ceil(PIPE_BYTES / facts.outputBytesPerRequest) : undefined;
    const after = requests === undefined ? '64 KiB of output' : `64 KiB of output (about ${requests} requests)`;
    return [
      {
        setting,
        value: valueOf(facts, setting),
        sentence: `a server that ${kind} starts in the foreground writes into a pipe that nobody reads: it blocks after ${after} while ${kind} still says up`,
        fix: `${setting}: true`,
      },
    ];
  },
};
