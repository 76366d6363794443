// Teaches: with Restart=on-failure a server that ends well is not brought back, and TERM is a good end: a stray kill, a worker
// limit or a clean-up hook takes the node away. kill -9 shows nothing of it: test with TERM too. What breaks: the claims
// `new-there` and `answers`. The fix: restart after every end.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'clean-end-stays-down',
  summary: 'T09: restart only on failure: a server that ends with 0 stays down.',
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 'systemd', restart: 'on-failure' }, server: 'unicorn' },
    fixed: { like: 'broken', supervisor: { kind: 'systemd', restart: 'always' } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: { kind: 'kill', signal: 'TERM' }, target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
