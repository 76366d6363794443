// The flagship: the incident that remuster exists for, replayed. One setting of the web server was made for systemd and
// went to production, where bluepill supervises. The parameters are measured: see what each comment says about them.
import { defineScenario } from 'remuster';

/** In the foreground: right for systemd, fatal under bluepill, which then waits for it and never reads its output. */
const foreground = { kind: 'unicorn', workers: 4, daemonize: false };
const background = { kind: 'unicorn', workers: 4, daemonize: true };

export default defineScenario({
  name: 'supervisor-swap',
  summary:
    'A server setting made for systemd is deployed under bluepill: who survives the first automated restart at peak?',
  nodes: 4,
  balancer: 'haproxy',
  // Each request keeps 114 KiB for 20 s, so that memory follows the load, and slowly enough that a neighbour's restart of
  // some seconds does not matter: 190 to 205 MiB at a quarter of the traffic, 225 to 235 MiB at a third. It logs a line of some
  // 800 bytes, as many applications do: 64 KiB of it fill an unread pipe.
  app: { kind: 'shop', serviceMs: 50, keepKib: 114, keepFor: '20s', logBytes: 800 },
  environments: {
    release: { supervisor: 'systemd', server: foreground },
    production: {
      supervisor: { kind: 'bluepill', memoryLimit: '218MiB' },
      server: foreground,
      // Boots as it ran before the release, then gets the release by a hot deployment: the new start command is not run.
      deployedOver: { server: background },
    },
    'production-fixed': { like: 'production', server: background },
  },
  ageing: { stepMiB: 2 }, // nodes are not quite alike, or all would reach a limit in the same second
  load: {
    engine: 'autocannon',
    requests: [
      { path: '/', weight: 8 },
      { path: '/search?q=shoes', weight: 2 },
    ],
    stages: [{ users: 20, for: '2s' }, { users: 60 }],
    think: '150ms..450ms',
  },
  rounds: [
    {
      fault: { kind: 'policy-restart', policy: 'memory', push: '60MiB', otherwise: 'restart-command' },
      target: ['web-1'],
      at: '26s', // memory is flat by then
    },
    { fault: { kind: 'kill', signal: 'KILL', process: 'master' }, target: 'each' },
  ],
  limits: { recovered: '15s', failedShare: { fault: '5%', after: '0.1%' } },
  expect: {
    release: 'pass',
    production: { verdict: 'fail', findings: ['every-node-returns', 'no-cascade'] },
    'production-fixed': 'pass',
  },
});
