// Which engine drives a load that does not name one: the one that is made for its model.
import { chosen, chosenByDefault, type FoundChoice } from './choices.js';
import type { Scenario } from './schema.js';

export function engineChoice({ engine, stages }: Scenario['load']): FoundChoice {
  const path = ['load', 'engine'];
  if (engine) return chosen(engine, path);
  return chosenByDefault(stages.some(({ rate }) => rate !== undefined) ? 'open' : 'autocannon', path);
}
