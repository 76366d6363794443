// Teaches: what matters at a restart are the slow requests in flight. A stop time-out below the time that they need cuts them
// off at each restart, however graceful the stop signal is; every node comes back, and users paid. What breaks: the check
// `budgets` (failed share in the fault window). The fix: a stop time-out above the longest request.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'stop-shorter-than-drain',
  summary: 'T12: systemd kills after 1 s what needs 3 s to finish: requests in flight are cut.',
  nodes: 2,
  app: { kind: 'shop', serviceMs: 3_000 },
  environments: {
    broken: { supervisor: { kind: 'systemd', stopTimeout: '1s' }, server: { kind: 'unicorn', workers: 12 } },
    fixed: { like: 'broken', supervisor: { kind: 'systemd', stopTimeout: '20s' } },
  },
  load: { stages: [{ users: 12 }], think: '150ms..450ms' },
  rounds: [{ fault: 'restart-command', target: ['web-1'], at: '12s' }],
  limits: { recovered: '30s', failedShare: { fault: '2%' } },
  proof: { aftermath: '5s', shareRequests: 20 },
  expect: { broken: { verdict: 'fail', findings: ['budgets'] }, fixed: 'pass' },
});
