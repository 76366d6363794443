// Teaches: systemd restarts nothing unless the unit says so, and the units of some packages do not: the first crash takes the
// node away for good, and every deployment and every operator restart before it went well. What breaks: the claims
// `new-there` and `answers`. The fix: Restart=always.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'no-restart',
  summary: 'T36: a unit without Restart=: what crashes stays away.',
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 'systemd', restart: 'no' }, server: 'puma' },
    fixed: { like: 'broken', supervisor: { kind: 'systemd', restart: 'always' } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
