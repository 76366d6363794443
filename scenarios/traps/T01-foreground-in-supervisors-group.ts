// Teaches: bluepill runs a server that stays in the foreground in its own process group; with monitored children it signals
// that group at its first automated restart, and so ends itself. Smoke check and muster are green until then. What breaks:
// the claim `supervised`. The fix is the switch that systemd forbids: let the server daemonize.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'foreground-in-supervisors-group',
  summary:
    'T01: a foreground server under bluepill with monitored children: the first memory restart ends bluepill itself.',
  nodes: 2,
  environments: {
    broken: {
      supervisor: { kind: 'bluepill', monitorChildren: true, memoryLimit: '120MiB', startGrace: '1s', stopGrace: '1s' },
      server: { kind: 'unicorn', workers: 2, daemonize: false },
    },
    fixed: { like: 'broken', server: { kind: 'unicorn', workers: 2, daemonize: true } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: { kind: 'policy-restart', push: '90MiB' }, target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
