// Negative control: remuster must see this. Expected: exit 99; claims new-there and answers broken.
// Beside it lies its twin (never-returns, never-returns-twin), which differs in one line and passes.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'never-returns',
  summary: 'A server that starts once and never again: killed, it stays away.',
  nodes: 2,
  app: { kind: 'shop', rig: 'never-back' },
  environments: { control: { supervisor: 'systemd', server: 'puma' } },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
});
