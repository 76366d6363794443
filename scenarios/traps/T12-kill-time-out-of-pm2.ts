// Teaches: pm2 sends SIGKILL 1.6 s after its stop signal unless told otherwise, less than many a request takes: each restart
// cuts what is in flight, however graceful the server is; every node comes back, and users paid. What breaks: the check
// `budgets` (failed share in the fault window). The fix: a kill time-out above the longest request.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'kill-time-out-of-pm2',
  summary: "T12: pm2's default kill time-out of 1.6 s cuts requests that take 4 s.",
  nodes: 2,
  app: { kind: 'shop', serviceMs: 4_000 },
  environments: {
    broken: { supervisor: { kind: 'pm2', killTimeout: '1600ms' }, server: { kind: 'puma', threads: 32 } },
    fixed: { like: 'broken', supervisor: { kind: 'pm2', killTimeout: '20s' } },
  },
  // Thinking for very different times, so that they do not all ask at the same moment.
  load: { stages: [{ users: 30 }], think: '500ms..4s' },
  rounds: [{ fault: 'restart-command', target: ['web-1'], at: '16s' }],
  limits: { recovered: '30s', failedShare: { fault: '2%' } },
  proof: { aftermath: '5s', shareRequests: 20 },
  expect: { broken: { verdict: 'fail', findings: ['budgets'] }, fixed: 'pass' },
});
