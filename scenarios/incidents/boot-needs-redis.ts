// GitHub, 28 January 2016: after a power failure, servers could not start, because starting needed redis, and redis was down.
// A dependency that is asked once, at boot, is no part of any request: every test of the running tier is green without it.
// The restart while it is away spends the supervisor's starts; when it is back, nobody tries any more (new-there breaks).
import { defineScenario } from 'remuster';

const asksAtBoot = { kind: 'shop', needs: { service: 'redis', at: 'boot', timeout: '1s' } };

export default defineScenario({
  name: 'boot-needs-redis',
  summary: 'Servers are killed while the service is away that they ask at boot: do they come back with it?',
  nodes: 2,
  services: { redis: 'redis' },
  environments: {
    broken: { supervisor: 'systemd', server: 'puma', app: asksAtBoot },
    fixed: { like: 'broken', app: { needs: { service: 'redis', at: 'request', timeout: '1s' } } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [
    { fault: { kind: 'dependency-down', service: 'redis', for: '15s', kill: 'master' }, target: ['web-1'], at: '5s' },
  ],
  limits: { recovered: '10s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
