// Negative control: remuster must see this. Expected: exit 100; finding of faults-landed.
// Beside it lies its twin (fault-misses, fault-misses-twin), which differs in one line and passes.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'fault-misses',
  summary: 'Memory is pushed by far too little: the policy has no reason to act, the fault hits nothing.',
  nodes: 2,
  app: { kind: 'shop' },
  environments: {
    control: {
      supervisor: { kind: 'bluepill', memoryLimit: '250MiB' },
      server: { kind: 'unicorn', workers: 2, daemonize: true },
    },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [
    {
      fault: { kind: 'policy-restart', push: '200MiB' },
      target: ['web-1'],
      at: '8s',
    },
  ],
  proof: { aftermath: '5s' },
});
