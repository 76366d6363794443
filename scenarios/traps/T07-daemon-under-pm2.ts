// Teaches: pm2 calls `online` what it has spawned, and counts the end of each launcher as a crash: too many of them and it is
// `errored`, for good, while the orphan of the first start answers 200. What breaks: the muster (`supervised`), before any
// fault. The fix: stay in the foreground.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'daemon-under-pm2',
  summary: 'T07: a server that daemonizes under pm2: errored, and an orphan answers 200.',
  nodes: 2,
  environments: {
    broken: { supervisor: 'pm2', server: { kind: 'unicorn', workers: 2, daemonize: true } },
    fixed: { like: 'broken', server: { kind: 'unicorn', workers: 2, daemonize: false } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['muster'] }, fixed: 'pass' },
});
