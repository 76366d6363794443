// Teaches: pm2's stop_exit_codes: [0] reads as "a clean end is wanted, a crash is not", but pm2 takes the code of a process
// that a signal ended for 0: after kill -9 or the OOM killer it is `stopped` and stays so. What breaks: the claims
// `new-there` and `answers`. The fix: no stop_exit_codes with 0 in them.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'signal-counts-as-code-zero',
  summary: 'T09: pm2 with stop_exit_codes [0] takes kill -9 for a clean end: the server stays down.',
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 'pm2', stopExitCodes: [0] }, server: 'puma' },
    fixed: { like: 'broken', supervisor: { kind: 'pm2', stopExitCodes: [] } },
  },
  load: { stages: [{ users: 10 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
