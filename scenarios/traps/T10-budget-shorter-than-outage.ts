// Teaches: a supervisor with a finite budget of starts gives up when it is used up, and stays down although the cause is gone.
// Each single restart is fine: only the one too many shows it. (The interval is long here, so that proved restarts fit in.)
// What breaks: the claims `new-there` and `supervised` of the third round. The fix: no limit, or starts further apart.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'budget-shorter-than-outage',
  summary: 'T10: the start budget is used up by restarts that all went well: at the third kill systemd gives up.',
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 'systemd', startLimitBurst: 3, startLimitInterval: '10m' }, server: 'puma' },
    fixed: { like: 'broken', supervisor: { kind: 'systemd', startLimitBurst: 0, startLimitInterval: '10m' } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [
    { fault: 'kill', target: ['web-1'], at: '8s' },
    { fault: 'kill', target: ['web-1'] },
    { fault: 'kill', target: ['web-1'] },
  ],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
