// Teaches: runit starts its child again as soon as it has ended, for ever: with a server that daemonizes, a launcher each second
// into an address in use, while the orphan of the first start answers 200 with the settings of that day. What breaks: the
// muster (`supervised`), before any fault. The fix: stay in the foreground.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'daemon-under-runit',
  summary: 'T07: a server that daemonizes under runit: a launcher each second, and an orphan answers 200.',
  nodes: 2,
  environments: {
    broken: { supervisor: 'runit', server: { kind: 'unicorn', workers: 2, daemonize: true } },
    fixed: { like: 'broken', server: { kind: 'unicorn', workers: 2, daemonize: false } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['muster'] }, fixed: 'pass' },
});
