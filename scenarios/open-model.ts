// Load as a rate: 50 requests a second are due at their own times, whether or not anybody answers. Nobody waits politely
// while a node is down, so an outage costs as many requests as it lasts; latency counts from when each was due.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'open-model',
  summary: 'Kill -9 of one unicorn master of two, while requests arrive at 50 a second: systemd brings it back.',
  nodes: 2,
  environments: {
    production: { supervisor: 'systemd', server: 'unicorn' },
  },
  load: {
    stages: [{ rate: 50 }],
  },
  rounds: [{ fault: 'kill', target: 'one', at: 'peak' }],
  expect: { production: 'pass' },
});
