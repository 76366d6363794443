// Teaches: unicorn's USR2 starts a new master and ends the old one; under Type=simple the old one's end is the end of the
// service, and systemd kills the new master with the whole group. With on-failure it is not even brought back. What breaks:
// the claim `answers`. The fix: Type=forking, which follows the pid file.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'in-place-loses-master',
  summary: 'T19: an in-place restart under systemd Type=simple kills the new master with the old.',
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 'systemd', type: 'simple', restart: 'on-failure' }, server: 'unicorn' },
    fixed: { like: 'broken', supervisor: { kind: 'systemd', type: 'forking', restart: 'on-failure' } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [{ fault: 'in-place', target: ['web-1'], at: '8s' }],
  proof: { aftermath: '5s' },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
