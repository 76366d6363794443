// Google Cloud, 12 June 2025: a crash loop was over, but all tasks started at once and overwhelmed the database that each
// asks at boot; without a pause that grows, they kept it down for hours. Here each of 16 workers asks for 400 ms of one redis.
// One node after another that is fast enough for a time-out of 2 s; all at once it is not, and who gives up and starts again
// asks again, while redis still works on the old question (settled breaks, and mostly answers).
import { defineScenario } from 'remuster';

const asks = (timeout: string) => ({
  kind: 'shop',
  needs: { service: 'redis', at: 'boot', costMs: 400, timeout },
});

export default defineScenario({
  name: 'thundering-herd',
  summary: 'All servers start at once and ask one service, each for less time than all of them together need.',
  nodes: 4,
  services: { redis: 'redis' },
  environments: {
    broken: {
      supervisor: 'bluepill',
      server: { kind: 'unicorn', workers: 4, daemonize: true },
      app: asks('2s'),
      // The time-out came with a deployment, node by node.
      deployedOver: { app: asks('30s') },
    },
    fixed: { like: 'broken', app: asks('30s') },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: { kind: 'kill', signal: 'KILL', process: 'master' }, target: 'all', at: '5s' }],
  limits: { recovered: '25s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
