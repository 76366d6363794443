// The environments of a scenario that a command was told to look at, by name. A name that is unknown is an error of the
// input (104) with the nearest one, before anything else is done.
import { HarnessError } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import type { Plan } from '../plan/plan.js';

export function environmentNamed(plans: readonly Plan[], name: string, flag: string): Plan {
  const found = plans.find(({ environment }) => environment.name === name);
  if (found) return found;
  const known = plans.map(({ environment }) => environment.name);
  const nearest = nearestName(name, known);
  throw new HarnessError(
    'invalid',
    `${flag}: "${name}" is not an environment of ${plans[0]?.file ?? 'this scenario'}`,
    {
      hint: `known: ${known.join(', ')}${nearest === undefined ? '' : `     did you mean ${nearest}?`}`,
    },
  );
}
