// What supervisors are measured with: a service that writes down each start and ends as it is told. Perl, because every
// Debian has it (perl-base) and a shell would need a child to wait with.
import type { Service } from '../tier/service.js';

export const STARTS = '/var/lib/promise/starts';
const SCRIPT = '/opt/promise/subject.pl';

/** How the subject is made to end, by signal: an uncaught one, an exit with an error, an exit with 0. */
export const END_SIGNAL = { signal: 'KILL', error: 'USR2', 'clean-exit': 'USR1' } as const;

const TEXT = `use Time::HiRes 'time';
$SIG{USR1} = sub { exit 0 };
$SIG{USR2} = sub { exit 3 };
$SIG{TERM} = sub { exit 0 };
open my $starts, '>>', '${STARTS}' or die $!;
printf $starts "%d %.3f\\n", $$, time;
close $starts;
sleep 1 while 1;
`;

/** For supervisors that follow a child, and (with their own help) for those that follow a pid file. */
export const subject: Service = {
  name: 'web',
  argv: ['/usr/bin/perl', SCRIPT],
  env: {},
  cwd: '/',
  user: 'root',
  port: 8080,
  healthPath: '/',
  daemonizes: false,
  cannotDaemonize: true,
  stop: { signal: 'TERM', graceMs: 2_000 },
  files: [
    { path: '/var/lib/promise', directory: true, mode: 0o777 },
    { path: SCRIPT, content: TEXT },
  ],
  runningTitle: null,
};
