// Teaches: s6-permafailon in ./finish counts every end within a stretch of time, also of a server that served well until it was
// killed: the third one is taken for a permanent failure, and s6 says down for good. Each single restart is fine. What breaks:
// the claims `new-there` and `supervised` of the third round. The fix: more ends, or a shorter time; or let it try for ever.
import { defineScenario } from 'remuster';

export default defineScenario({
  name: 'permanent-fail-of-s6',
  summary: 'T10: s6-permafailon takes the third crash of a healthy server for a permanent failure.',
  nodes: 2,
  environments: {
    broken: { supervisor: { kind: 's6', permanentFail: { ends: 3, within: '10m' } }, server: 'unicorn' },
    fixed: { like: 'broken', supervisor: { kind: 's6', permanentFail: { ends: 100, within: '10m' } } },
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
