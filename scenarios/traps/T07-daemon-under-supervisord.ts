// Teaches: supervisord starts a child and takes the end of the launcher for the end of the server. It tries four times, each
// time into an address in use, and says FATAL, its last word, while the orphan answers 200. What breaks: the muster
// (`supervised`), before any fault. The fix: stay in the foreground.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'daemon-under-supervisord',
  summary: 'T07: a server that daemonizes under supervisord: FATAL, and an orphan answers 200.',
  nodes: 2,
  environments: {
    broken: { supervisor: 'supervisord', server: { kind: 'unicorn', workers: 2, daemonize: true } },
    fixed: { like: 'broken', server: { kind: 'unicorn', workers: 2, daemonize: false } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['muster'] }, fixed: 'pass' },
});
