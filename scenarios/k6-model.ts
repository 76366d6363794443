// k6 as the load engine: users, by a script made from this scenario, and the same tier under a user's own script. Needs
// k6 on the PATH or in REMUSTER_K6; `remuster doctor` says whether there is one.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'k6-model',
  summary: 'Kill -9 of one master of two under the load of k6: fresh connections, so that no lost request is hidden.',
  nodes: 2,
  environments: {
    production: { supervisor: 'systemd', server: 'unicorn' },
  },
  load: {
    engine: 'k6',
    requests: [
      { path: '/', weight: 8 },
      { path: '/search?q=shoes', weight: 2 },
    ],
    stages: [{ users: 30 }],
    think: '150ms..450ms',
  },
  rounds: [{ fault: 'kill', target: 'one', at: 'peak' }],
  expect: { production: 'pass' },
});
