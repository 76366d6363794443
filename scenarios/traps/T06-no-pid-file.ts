// Teaches: under systemd a server needs no pid file, so it goes; bluepill finds its server by nothing else. The port answers
// 200, the status never becomes up, and a second copy is started every few seconds into an address in use. What breaks:
// the muster (`supervised`), before any fault. The fix: the pid file.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'no-pid-file',
  summary: 'T06: without a pid file bluepill never sees its server and starts second copies.',
  nodes: 2,
  environments: {
    broken: { supervisor: 'bluepill', server: { kind: 'unicorn', workers: 2, daemonize: true, ownPidFile: false } },
    fixed: { like: 'broken', server: { kind: 'unicorn', workers: 2, daemonize: true, ownPidFile: true } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['muster'] }, fixed: 'pass' },
});
