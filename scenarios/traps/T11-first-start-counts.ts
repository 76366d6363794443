// Teaches: monit counts starts, not crashes, and the first start of the day is one of them: a limit of two restarts leaves
// room for one. After it monit lets go: the server serves, and nobody will bring it back. What breaks: the claim
// `supervised`, after the first crash of all. The fix: a limit above one, plus the first start.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'first-start-counts',
  summary: 'T11: monit counts the first start as a restart: its limit of two is reached by the first crash.',
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 'monit', unmonitorAfter: { restarts: 2, cycles: 300 } }, server: 'puma' },
    fixed: { like: 'broken', supervisor: { kind: 'monit', unmonitorAfter: { restarts: 3, cycles: 300 } } },
  },
  load: { stages: [{ users: 10 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
