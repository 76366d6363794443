// Negative control: remuster must see this. Expected: exit 106; no steady state before the first fault.
// Beside it lies its twin (sick-before-fault, sick-before-fault-twin), which differs in one line and passes.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'sick-before-fault',
  summary: 'The application falls sick under load before anything is done to it.',
  nodes: 2,
  app: { kind: 'shop' },
  environments: { control: { supervisor: 'systemd', server: 'puma' } },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s', steadyWait: '8s' },
});
