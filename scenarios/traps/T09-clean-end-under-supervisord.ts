// Teaches: supervisord restarts by default what ends unexpectedly only, and exit code 0 is expected: a server that handles
// TERM and ends well stays down (EXITED). kill -9 shows nothing of it: test with TERM too. What breaks: the claims
// `new-there` and `answers`. The fix: autorestart=true.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'clean-end-under-supervisord',
  summary: "T09: supervisord's default autorestart=unexpected: a server that ends with 0 stays down.",
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 'supervisord', autorestart: 'unexpected' }, server: 'unicorn' },
    fixed: { like: 'broken', supervisor: { kind: 'supervisord', autorestart: true } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: { kind: 'kill', signal: 'TERM' }, target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
