// Teaches: supervisord tries a start that fails three times more, a few seconds apart, and says FATAL for good. A service
// that the application needs at boot is away for longer than that: it comes back, the node does not. What breaks: the
// claims `new-there` and `supervised`. The fix: more tries than the longest outage needs.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'dependency-longer-than-retries',
  summary: "T10: supervisord's three tries are over before the service is back that the server needs at boot.",
  nodes: 2,
  services: { redis: 'redis' },
  app: { kind: 'shop', needs: { service: 'redis', at: 'boot', timeout: '1s' } },
  environments: {
    broken: { supervisor: { kind: 'supervisord', startsecs: 5, startretries: 3 }, server: 'puma' },
    fixed: { like: 'broken', supervisor: { kind: 'supervisord', startsecs: 5, startretries: 100 } },
  },
  load: { stages: [{ users: 10 }], think: '150ms..450ms' },
  rounds: [
    { fault: { kind: 'dependency-down', service: 'redis', for: '20s', kill: 'master' }, target: ['web-1'], at: '5s' },
  ],
  limits: { recovered: '45s' },
  proof: { aftermath: '5s', shareRequests: 40 },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
