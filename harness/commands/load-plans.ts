// The plans of a scenario file, with the plug-ins of this installation: what `run`, `plan` and `validate` begin with.
import type { Plan } from '../plan/plan.js';
import { allPlugIns } from '../scenario/all-plug-ins.js';
import { loadExplained, type PlanFlags, type Surroundings } from './load-explained.js';

/** What a scenario may name of the environment, without remuster's own variables: these are for `run` and `plan`. */
export function withoutOwnVariables({ env, cwd }: Surroundings): Surroundings {
  return { env: Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('REMUSTER_'))), cwd };
}

/** One plan per environment. Throws `invalid` with every error of the file. */
export async function loadPlans(file: string, flags: PlanFlags, io: Surroundings): Promise<readonly [Plan, ...Plan[]]> {
  const [first, ...rest] = (await loadExplained(file, flags, io, allPlugIns)).map(({ plan }) => plan);
  return [first!, ...rest];
}
