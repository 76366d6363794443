// Teaches: in a container whose PID 1 reaps nobody, a dead daemon stays as a zombie, and a zombie has a pid: bluepill asks the
// kernel whether the pid is alive, hears yes, and says `up` for ever. Every start and every stop by command are fine. What
// breaks: the claims `new-there` and `answers`. The fix: an init as PID 1.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'nobody-reaps',
  summary: 'T22: without an init in the container a dead server is a zombie, and bluepill says up.',
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 'bluepill', init: false }, server: { kind: 'unicorn', workers: 2, daemonize: true } },
    fixed: { like: 'broken', supervisor: { kind: 'bluepill', init: true } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
