// Negative control: remuster must see this. Expected: exit 99; check acknowledged-writes-kept.
// Beside it lies its twin (loses-writes, loses-writes-twin), which differs in one line and passes.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'loses-writes',
  summary: 'An application that begins each start with an empty cart, whatever it had acknowledged.',
  nodes: 2,
  app: { kind: 'shop' },
  environments: { control: { supervisor: 'systemd', server: 'puma' } },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  writes: true,
  rounds: [
    { fault: 'kill', target: ['web-1'], at: '8s' },
    { fault: 'restart-command', target: ['web-2'] },
  ],
  proof: { aftermath: '5s' },
});
