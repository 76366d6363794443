// The flagship with an open model: requests arrive at a rate, whether or not the earlier ones were answered. The rate is
// what the flagship's 60 users come to (60 / (300 ms of thinking + 55 ms of waiting)).
import { defineScenario } from 'remuster';
import flagship from './supervisor-swap.js';

export default defineScenario({
  ...flagship,
  name: 'supervisor-swap-open',
  load: {
    engine: 'open',
    requests: flagship.load.requests,
    stages: [{ rate: 56, for: '2s' }, { rate: 168 }],
  },
});
