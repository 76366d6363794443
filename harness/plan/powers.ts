// Does each environment have what its faults need, and is its balancer one that can be made? They say so themselves; here its answer becomes an error with a place.
import { HarnessError } from '../core/errors.js';
import type { Issue, KeyPath } from '../scenario/issue.js';
import { plugInNamed, type PlugInMaps } from '../scenario/plug-ins.js';
import type { Plan } from './plan.js';
import { planAt } from './posts.js';

export function missingPowers(plans: readonly Plan[], maps: PlugInMaps): readonly Issue[] {
  return plans.flatMap((plan) => [
    ...refusal(['balancer'], () =>
      plugInNamed(maps, 'balancers', plan.balancer.kind)?.validate?.(plan.balancer.options),
    ),
    ...plan.rounds.flatMap(({ fault, service }, index) =>
      refusal(['rounds', index, 'fault'], () =>
        plugInNamed(maps, 'faults', fault.kind)?.validate?.(fault.options, planAt(plan, service)),
      ),
    ),
  ]);
}

function refusal(path: KeyPath, validate: () => void): readonly Issue[] {
  try {
    validate();
    return [];
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    const hint = error.hint === undefined ? '' : `; ${error.hint}`;
    return [{ path, message: `${error.message}${hint}` }];
  }
}
