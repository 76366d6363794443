// Negative control: remuster must see this. Expected: exit 99; finding of muster, before anything is hurt.
// Beside it lies its twin (orphan-serves, orphan-serves-twin), which differs in one line and passes.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'orphan-serves',
  summary: 'The server puts itself into the background, systemd takes that for its end: an orphan answers 200.',
  nodes: 2,
  app: { kind: 'shop' },
  environments: {
    control: {
      supervisor: { kind: 'systemd', type: 'simple', killMode: 'process', restart: 'on-failure' },
      server: { kind: 'unicorn', daemonize: true },
    },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'kill', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
});
