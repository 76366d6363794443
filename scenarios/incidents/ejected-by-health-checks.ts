// Chef Supermarket, 7 July 2014: under load a health check waits in the same queue as everybody else; with a short time-out
// the balancer took nodes for dead that were only busy, and had soon taken all of them out (trap T32). They raised it to 15 s,
// then to 25 s. Here one of two nodes is restarted. What breaks: the check `budgets`, by the balancer's own 503s.
import { defineScenario } from 'remuster';

const balancer = { kind: 'haproxy', balance: 'leastconn', rise: 4, serverTimeout: '30s' };

export default defineScenario({
  name: 'ejected-by-health-checks',
  summary: 'One node is restarted under load: does the balancer take the busy one for dead?',
  nodes: 2,
  // A restart that takes its time: the application is loaded before the port opens.
  app: { kind: 'shop', serviceMs: 2_000, bootTime: '20s' },
  environments: {
    broken: {
      supervisor: 'systemd',
      server: { kind: 'unicorn', workers: 4, preload: true },
      balancer: { ...balancer, checkTimeout: '1500ms' },
    },
    fixed: { like: 'broken', balancer: { ...balancer, checkTimeout: '25s' } },
  },
  load: { stages: [{ users: 11 }], think: '400ms..1s', timeout: '30s' },
  rounds: [{ fault: 'restart-command', target: ['web-1'], at: '10s' }],
  limits: { recovered: '45s', failedShare: { fault: '10%' } },
  proof: { aftermath: '5s', shareRequests: 20 },
  expect: { broken: { verdict: 'fail', findings: ['budgets'] }, fixed: 'pass' },
});
