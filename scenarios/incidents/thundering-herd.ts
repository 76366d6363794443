// Google Cloud, 12 June 2025: a crash loop was over, but all tasks started at once and overwhelmed the database that each
// asks at boot; without a pause that grows, they kept it down for hours. Here 16 workers ask for 300 ms of one redis each.
// Who gives up after 1 s and starts again asks again, while redis still works on the old question (new-there breaks).
import { defineScenario } from 'remuster';

const asks = (timeout: string) => ({ kind: 'shop', needs: { service: 'redis', at: 'boot', costMs: 300, timeout } });

export default defineScenario({
  name: 'thundering-herd',
  summary: 'All servers start at once and ask one service that is slower than all of them together can wait for.',
  nodes: 4,
  services: { redis: 'redis' },
  environments: {
    broken: {
      supervisor: { kind: 'systemd', startLimitBurst: 0 },
      server: { kind: 'unicorn', workers: 4 },
      app: asks('1s'),
    },
    fixed: { like: 'broken', app: asks('20s') },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: { kind: 'kill', signal: 'KILL', process: 'master' }, target: 'all', at: '5s' }],
  limits: { recovered: '20s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
