// Teaches: the engine's policy on-failure looks at the exit code, and a server that handles TERM ends with 0: the container
// stays down, `exited (0)`, as if somebody had wanted it. kill -9 shows nothing of it. What breaks: the claims `new-there`
// and `answers`. The fix: always (or unless-stopped).
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'clean-end-under-docker',
  summary: 'T09: restart policy on-failure: a container whose server ends with 0 stays down.',
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 'docker', restart: 'on-failure' }, server: 'unicorn' },
    fixed: { like: 'broken', supervisor: { kind: 'docker', restart: 'always' } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: { kind: 'kill', signal: 'TERM' }, target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
