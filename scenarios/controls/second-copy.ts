// Negative control: remuster must see this. Expected: exit 99; claim settled broken.
// Beside it lies its twin (second-copy, second-copy-twin), which differs in one line and passes.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'second-copy',
  summary: 'A restart leaves a second copy of the server behind, which serves nothing.',
  nodes: 2,
  app: { kind: 'shop', rig: 'copy-left-behind' },
  environments: { control: { supervisor: 'systemd', server: 'puma' } },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
});
