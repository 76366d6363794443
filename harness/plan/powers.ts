// Does each environment have what its faults need? A fault says so itself; here its answer becomes an error with a place.
import { HarnessError } from '../core/errors.js';
import type { Issue } from '../scenario/issue.js';
import { plugInNamed, type PlugInMaps } from '../scenario/plug-ins.js';
import type { Plan } from './plan.js';

export function missingPowers(plans: readonly Plan[], maps: PlugInMaps): readonly Issue[] {
  return plans.flatMap((plan) =>
    plan.rounds.flatMap(({ fault }, index): readonly Issue[] => {
      try {
        plugInNamed(maps, 'faults', fault.kind)?.validate?.(fault.options, plan);
        return [];
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        const hint = error.hint === undefined ? '' : `; ${error.hint}`;
        return [{ path: ['rounds', index, 'fault'], message: `${error.message}${hint}` }];
      }
    }),
  );
}
