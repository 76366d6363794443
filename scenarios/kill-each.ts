// SIGKILL of each master, one after another, and a second time: does a restarted server survive its own restart too?
// The servers run as www-data. Two nodes an environment keep the four environments within some minutes.
import { defineScenario } from 'remuster';

const killEach = { fault: { kind: 'kill', signal: 'KILL', process: 'master' }, target: 'each' } as const;

export default defineScenario({
  name: 'kill-each',
  summary: 'Kill -9 of each master, one after another, twice, under load, for two supervisors and two servers.',
  nodes: 2,
  user: 'www-data',
  environments: {
    'systemd-puma': { supervisor: 'systemd', server: 'puma' },
    'systemd-unicorn': { supervisor: 'systemd', server: 'unicorn' },
    'bluepill-unicorn': { supervisor: 'bluepill', server: { kind: 'unicorn', daemonize: true } },
    'bluepill-puma': { supervisor: 'bluepill', server: 'puma' },
  },
  load: {
    requests: [
      { path: '/', weight: 8 },
      { path: '/search?q=shoes', weight: 2 },
    ],
    stages: [{ users: 30 }],
    think: '150ms..450ms',
  },
  rounds: [killEach, killEach],
  limits: { recovered: '15s' },
  expect: { 'systemd-puma': 'pass', 'systemd-unicorn': 'pass', 'bluepill-unicorn': 'pass', 'bluepill-puma': 'pass' },
});
