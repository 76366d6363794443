// A soak to begin with: two supervisors with the servers that they suit, four nodes each, and what happens to servers in a
// long night: they are killed, restarted by command, and stand still for a moment. `remuster soak` draws from the rounds by
// weight; `remuster run` plays each of them once.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'soak',
  summary: 'Does every restart of a long night come back whole, and does nothing grow with their number?',
  nodes: 4,
  environments: {
    'systemd-puma': { supervisor: 'systemd', server: 'puma' },
    'bluepill-unicorn': { supervisor: 'bluepill', server: { kind: 'unicorn', daemonize: true } },
  },
  load: {
    requests: [
      { path: '/', weight: 8 },
      { path: '/search?q=shoes', weight: 2 },
    ],
    stages: [{ users: 40 }],
    think: '150ms..450ms',
  },
  rounds: [
    { fault: { kind: 'kill', signal: 'KILL', process: 'master' }, target: 'one', weight: 3 },
    { fault: 'restart-command', target: 'one', weight: 2 },
    { fault: { kind: 'freeze', for: '2s' }, target: 'one' },
  ],
  soak: { every: '20s..40s', budgets: { failedShare: '1%', unanswered: '10s' } },
  limits: { recovered: '15s' },
  expect: { 'systemd-puma': 'pass', 'bluepill-unicorn': 'pass' },
});
