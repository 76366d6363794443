// Teaches: bluepill's stop is a signal, and the start follows at once; gunicorn's workers keep the port until they are done. The
// new one gives up after 5 s, bluepill sees the old pid alive, finds its memory over the limit again, restarts again, and lets
// go of a node that flaps. What breaks: the claims `new-there`, `supervised`. The fix: a graceful time-out below those 5 s.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'port-kept-while-draining',
  summary: 'T04: gunicorn keeps the port while it drains, and bluepill starts the next one at once, again and again.',
  nodes: 2,
  app: { kind: 'shop', drainTime: '30s' },
  environments: {
    broken: {
      supervisor: {
        kind: 'bluepill',
        memoryLimit: '160MiB',
        startGrace: '2s',
        stopGrace: '1s',
        flapping: { times: 4, within: '60s', retryIn: '0s' },
      },
      server: { kind: 'gunicorn', workers: 2, gracefulTimeoutSeconds: 60 },
    },
    fixed: { like: 'broken', server: { kind: 'gunicorn', workers: 2, gracefulTimeoutSeconds: 2 } },
  },
  load: { stages: [{ users: 10 }], think: '150ms..450ms' },
  rounds: [{ fault: { kind: 'policy-restart', push: '130MiB' }, target: ['web-1'], at: '8s' }],
  limits: { recovered: '30s' },
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
