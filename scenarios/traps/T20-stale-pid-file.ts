// Teaches: a container that is started again keeps its files and begins its pids anew. After a power cut the server (PID 1, as
// most images run it) finds its old pid file, sees that this pid lives (it is its own), and refuses to start, for ever. A
// graceful stop removes the file: such tests are green. What breaks: the claim `answers`. The fix: no pid file.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'stale-pid-file',
  summary: 'T20: after a power cut unicorn finds its own stale pid file in the container and refuses to start.',
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 'docker', init: false }, server: { kind: 'unicorn', workers: 2, ownPidFile: true } },
    fixed: { like: 'broken', server: { kind: 'unicorn', workers: 2, ownPidFile: false } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: { kind: 'node-reboot', kill: true }, target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
