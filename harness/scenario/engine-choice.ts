// Which engine drives a load that does not name one: the one that is made for its model.
import { chosen, chosenByDefault, type FoundChoice } from './choices.js';
import type { LoadModel } from '../plan/load-plan.js';
import type { Scenario } from './schema.js';

type Stage = Scenario['load']['stages'][number];

export function modelOf({ rate, rates }: Pick<Stage, 'rate' | 'rates'>): LoadModel {
  return rate === undefined && rates === undefined ? 'closed' : 'open';
}

export function engineChoice({ engine, stages }: Scenario['load']): FoundChoice {
  const path = ['load', 'engine'];
  if (engine) return chosen(engine, path);
  return chosenByDefault(stages.some((stage) => modelOf(stage) === 'open') ? 'open' : 'autocannon', path);
}
