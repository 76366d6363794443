// Teaches: bluepill waits for its start command to return; a server that stays in the foreground writes into a pipe which
// nobody reads and blocks after 64 KiB, while bluepill says up. A hot deployment hides it until the first restart. What
// breaks: the claim `answers`, some seconds after the node came back. The fix: let the server daemonize.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'foreground-unread-output',
  summary: 'T02: a foreground server under bluepill hangs after 64 KiB of its own output, and bluepill says up.',
  nodes: 2,
  app: { kind: 'shop', logBytes: 800 },
  environments: {
    broken: {
      supervisor: 'bluepill',
      server: { kind: 'unicorn', workers: 2, daemonize: false },
      deployedOver: { server: { kind: 'unicorn', workers: 2, daemonize: true } },
    },
    fixed: { like: 'broken', server: { kind: 'unicorn', workers: 2, daemonize: true } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
