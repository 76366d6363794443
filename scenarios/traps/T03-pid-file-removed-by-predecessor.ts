// Teaches: puma removes its pid file at exit without a look at whose pid is in it. With slow requests in flight the old puma
// leaves after the new one has written the file, takes it away, and bluepill loses the server. Idle restarts are fine. What
// breaks: the claim `supervised`. The fix: bluepill daemonizes puma and writes the file; puma writes none.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'pid-file-removed-by-predecessor',
  summary: "T03: a draining puma removes its successor's pid file, and bluepill loses the server.",
  nodes: 2,
  app: { kind: 'shop', serviceMs: 4_500 }, // longer than a new puma takes to start on a slow machine
  environments: {
    broken: {
      supervisor: { kind: 'bluepill', daemonize: false },
      server: { kind: 'puma', threads: 24 },
    },
    fixed: { like: 'broken', supervisor: { kind: 'bluepill', daemonize: true } },
  },
  load: { stages: [{ users: 16 }], think: '100ms..3s', timeout: '15s' },
  rounds: [{ fault: 'restart-command', target: ['web-1'], at: '20s' }],
  limits: { recovered: '30s' }, // the old puma drains for so long on a slow machine
  proof: { aftermath: '5s', shareRequests: 20 },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
