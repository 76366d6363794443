// The negative controls of drift: a shop that comes back whole from every restart, and a little worse: each leaves a file, a
// socket, 3 MiB or 50 ms of boot time behind. `remuster soak --rounds 20` must find each by name, and nothing in `healthy`,
// whose memory rises and falls like the teeth of a saw.
import { defineScenario } from 'remuster';

const tier = { supervisor: 'systemd', server: 'puma' } as const;

export default defineScenario({
  name: 'leaks',
  summary: 'Does a soak find what each restart leaves behind?',
  nodes: 2,
  app: { kind: 'shop', keepKib: 256, keepFor: '8s' },
  environments: {
    healthy: tier,
    file: { ...tier, app: { rig: 'leaves-file' } },
    socket: { ...tier, app: { rig: 'leaves-socket' } },
    memory: { ...tier, app: { rig: 'hoards' } },
    boot: { ...tier, app: { rig: 'boots-slower' } },
  },
  load: { stages: [{ users: 12 }], think: '150ms..450ms' },
  rounds: [{ fault: { kind: 'kill', signal: 'KILL', process: 'master' }, target: 'one' }],
  soak: { every: '6s..9s' },
  proof: { shareRequests: 60 },
  expect: {
    healthy: 'pass',
    file: { verdict: 'fail', findings: ['drift'] },
    socket: { verdict: 'fail', findings: ['drift'] },
    memory: { verdict: 'fail', findings: ['drift'] },
    boot: { verdict: 'fail', findings: ['drift'] },
  },
});
