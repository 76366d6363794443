// Teaches: WatchdogSec= ends a server that has not said for so long that it lives, and nobody asks whether it can say so.
// gunicorn tells systemd once that it is ready, and nothing after that: it is ended and started for ever, and each start looks
// well. What breaks: the claims `new-there` and `settled`. The fix: no watchdog, or a server that sends keep-alives (puma).
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'watchdog-without-keep-alive',
  summary:
    "T37: a watchdog over a server that sends no keep-alives: restarted for ever, by the supervisor's own policy.",
  nodes: 1,
  environments: {
    broken: { supervisor: { kind: 'systemd', type: 'notify', watchdog: '8s', startLimitBurst: 0 }, server: 'gunicorn' },
    fixed: { like: 'broken', supervisor: { kind: 'systemd', type: 'notify', startLimitBurst: 0 } },
  },
  load: { stages: [{ users: 10 }], think: '150ms..450ms' },
  rounds: [{ fault: 'restart-command', target: 'each', at: '5s' }],
  limits: { recovered: '15s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
