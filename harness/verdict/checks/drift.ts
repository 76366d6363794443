// In a soak nothing may grow with the number of restarts: a tier that comes back a little worse each time does not stay.
import { fail } from '../evidence.js';
import { ofEvidence } from './check.js';

const NAME = 'drift';

export const drift = ofEvidence(NAME, 'in a soak, nothing grows with the number of restarts', (evidence) =>
  evidence.drift
    .filter(({ state }) => state === 'drifts')
    .map(({ name, evidence: words }) => fail(NAME, `${name}: ${words}.`)),
);
