// What a node has acknowledged must still be there: after its server was killed, and after an orderly restart.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'writes-kept',
  summary: 'Carts that were accepted are still there after a kill and after a graceful restart.',
  nodes: 2,
  app: 'shop',
  environments: {
    systemd: { supervisor: 'systemd', server: 'unicorn' },
    bluepill: { supervisor: 'bluepill', server: 'puma' },
  },
  load: { requests: ['/', '/cart'], stages: [{ users: 20 }] },
  writes: { every: '50ms' },
  rounds: [
    { fault: 'kill', target: 'one' },
    { fault: 'restart-command', target: 'one' },
  ],
  proof: { aftermath: '5s' },
});
