// The flagship with k6: the same users, driven by the k6 of this machine (`remuster doctor` says where it is looked for).
import { defineScenario } from 'remuster';
import flagship from './supervisor-swap.js';

export default defineScenario({
  ...flagship,
  name: 'supervisor-swap-k6',
  load: { ...flagship.load, engine: 'k6' },
});
