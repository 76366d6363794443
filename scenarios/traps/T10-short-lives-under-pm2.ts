// Teaches: pm2 starts what crashed again at once, and counts each life that was too short: max_restarts is used up within
// seconds, and `errored` is its last word, though the service that was needed at boot comes back. What breaks: the claims
// `new-there` and `supervised`. The fix: more restarts than the longest outage needs, or a delay between them.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'short-lives-under-pm2',
  summary: "T10: pm2's max_restarts is used up before the service is back that the server needs at boot.",
  nodes: 2,
  services: { redis: 'redis' },
  app: { kind: 'shop', needs: { service: 'redis', at: 'boot', timeout: '1s' } },
  environments: {
    // A long min_uptime, because pm2 counts only within max_restarts times min_uptime of the first start.
    broken: { supervisor: { kind: 'pm2', minUptime: '40s', maxRestarts: 4 }, server: 'puma' },
    fixed: { like: 'broken', supervisor: { kind: 'pm2', minUptime: '40s', maxRestarts: 100 } },
  },
  load: { stages: [{ users: 10 }], think: '150ms..450ms' },
  rounds: [
    { fault: { kind: 'dependency-down', service: 'redis', for: '20s', kill: 'master' }, target: ['web-1'], at: '5s' },
  ],
  limits: { recovered: '30s' },
  proof: { aftermath: '5s', shareRequests: 40 },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
