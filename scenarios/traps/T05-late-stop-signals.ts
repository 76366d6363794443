// Teaches: bluepill sends a list of stop signals from a thread and starts the next server meanwhile. When the thread is done
// it cleans up, by the books of that moment: it ends the new server and takes its pid file away, seconds after the node was
// back. What breaks: the claim `settled`, and a death that nothing accounts for. The fix: a stop command, which it waits for.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'late-stop-signals',
  summary: "T05: bluepill's list of stop signals ends the server that was started meanwhile.",
  nodes: 2,
  environments: {
    broken: {
      supervisor: { kind: 'bluepill', stopSignals: ['TERM', '6s', 'KILL'], stopGrace: '7s' },
      server: { kind: 'puma', threads: 16 },
    },
    fixed: { like: 'broken', supervisor: { kind: 'bluepill', stopGrace: '7s' } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'restart-command', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
