// Teaches: a pill is a program, and bluepill takes any attribute that it is given: a misspelt one loads without a word and
// changes nothing. The server stays in the foreground without a pid file, answers 200, and is never seen. What breaks: the
// muster (`supervised`), before any fault. The fix: spell it right; and do not take a clean load for a check.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'misspelt-attribute',
  summary: 'T24: deamonize in the pill: bluepill swallows it, and never sees its server.',
  nodes: 2,
  environments: {
    broken: {
      supervisor: { kind: 'bluepill', attributes: ['deamonize = true'] },
      server: { kind: 'unicorn', workers: 2, daemonize: false, ownPidFile: false },
    },
    fixed: { like: 'broken', supervisor: { kind: 'bluepill', attributes: ['daemonize = true'] } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['muster'] }, fixed: 'pass' },
});
