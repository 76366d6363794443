// Negative control: remuster must see this. Expected: exit 99; claim supervised broken.
// Beside it lies its twin (supervisor-gives-up, supervisor-gives-up-twin), which differs in one line and passes.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'supervisor-gives-up',
  summary: 'A supervisor whose budget of starts is used up by the first restart gives up.',
  nodes: 2,
  app: { kind: 'shop' },
  environments: {
    control: {
      supervisor: { kind: 'systemd', startLimitBurst: 5, startLimitInterval: '10m' },
      server: 'puma',
    },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
});
