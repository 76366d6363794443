// Negative control: remuster must see this. Expected: exit 99; claim same-service broken.
// Beside it lies its twin (drifted-restart, drifted-restart-twin), which differs in one line and passes.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'drifted-restart',
  summary: 'The restarted server has a changed environment variable and a lower limit of open files.',
  nodes: 2,
  app: { kind: 'shop', rig: 'drift-on-restart' },
  environments: { control: { supervisor: 'systemd', server: 'puma' } },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
});
