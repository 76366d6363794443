// The smallest scenario there is: two nodes, a little load, one master killed. Copy it to begin your own.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'kill-one',
  summary: 'Kill -9 of one master of two: systemd brings it back while the other node carries on.',
  nodes: 2,
  environments: {
    production: { supervisor: 'systemd', server: 'puma' },
  },
  load: {
    stages: [{ users: 30 }],
  },
  rounds: [{ fault: 'kill', target: 'one', at: 'peak' }],
  expect: { production: 'pass' },
});
