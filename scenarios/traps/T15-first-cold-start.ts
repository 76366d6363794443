// Teaches: a hot deployment (USR2) keeps the process's arguments and environment: what was changed in them is in the
// supervisor's configuration, and nobody has run it. Everything is green until the first crash, which runs it for the first
// time. What breaks: the claim `new-there`. The fix: correct it; and force one cold start per node in each deployment.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'first-cold-start',
  summary: 'T15: a start parameter changed in a hot deployment is run for the first time at the first crash.',
  nodes: 2,
  environments: {
    broken: {
      supervisor: 'bluepill',
      server: { kind: 'unicorn', workers: 2, daemonize: true },
      // The library is on the machine where it was tried out, and not on the nodes.
      env: { RUBYOPT: '-rstatsd' },
      deployedOver: { env: { RUBYOPT: '-W0' } },
    },
    fixed: { like: 'broken', env: { RUBYOPT: '-rset' } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
