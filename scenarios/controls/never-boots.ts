// Negative control: remuster must see this. Expected: exit 101.
// Beside it lies its twin (never-boots, never-boots-twin), which differs in one line and passes.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'never-boots',
  summary: 'A server that refuses every start: the tier does not boot.',
  nodes: 2,
  app: { kind: 'shop', rig: 'never-boots' },
  environments: { control: { supervisor: 'systemd', server: 'puma' } },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
});
