// Negative control: remuster must see this. Expected: exit 100; finding of load-was-real.
// Beside it lies its twin (generator-late, generator-late-twin), which differs in one line and passes.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'generator-late',
  summary: 'The load generator is kept from its schedule: what it reports is not the load that was planned.',
  nodes: 2,
  app: { kind: 'shop' },
  environments: { control: { supervisor: 'systemd', server: 'puma' } },
  load: {
    engine: { kind: 'autocannon', stall: '400ms' },
    stages: [{ users: 20 }],
    think: '150ms..450ms',
  },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
});
