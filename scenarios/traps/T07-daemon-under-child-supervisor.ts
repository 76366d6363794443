// Teaches: systemd (simple) takes the end of a launcher for the end of the server. The daemon serves on as an orphan: 200 from
// the port, `systemctl start` said ok, and nobody will bring it back. The same under runit, s6, supervisord and pm2. What
// breaks: the muster (`supervised`), before any fault. The fix: stay in the foreground.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'daemon-under-child-supervisor',
  summary: 'T07: a server that daemonizes under systemd Type=simple: an orphan answers 200, the unit has failed.',
  nodes: 2,
  environments: {
    broken: {
      supervisor: { kind: 'systemd', type: 'simple', killMode: 'process' },
      server: { kind: 'unicorn', workers: 2, daemonize: true },
    },
    fixed: { like: 'broken', server: { kind: 'unicorn', workers: 2, daemonize: false } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['muster'] }, fixed: 'pass' },
});
