// A k6 script of the user's as the load: the stages say how many users there are, the script what each of them does, and
// its thresholds count: one that is broken fails the run.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'k6-script',
  summary: 'Kill -9 of one master of two while users of a k6 script look, search and pay; its thresholds must hold.',
  nodes: 2,
  environments: {
    production: { supervisor: 'systemd', server: 'unicorn' },
  },
  load: {
    engine: { kind: 'k6', script: 'k6/checkout.js' },
    stages: [{ users: 30 }],
  },
  rounds: [{ fault: 'kill', target: 'one', at: 'peak' }],
  expect: { production: 'pass' },
});
