// The plans of a scenario file, with the plug-ins of this installation: what `run`, `plan` and `validate` begin with.
import type { Plan } from '../plan/plan.js';
import { allPlugIns } from '../scenario/all-plug-ins.js';
import type { ScenarioFile } from '../scenario/define.js';
import { explained, loadExplained, type PlanFlags, type Surroundings } from './load-explained.js';
import type { PlannedEnvironment } from '../plan/planner.js';

/** What a scenario may name of the environment, without remuster's own variables: these are for `run` and `plan`. */
export function withoutOwnVariables({ env, cwd }: Surroundings): Surroundings {
  return { env: Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('REMUSTER_'))), cwd };
}

/** One plan per environment. Throws `invalid` with every error of the file. */
export async function plansFrom(file: string, flags: PlanFlags, io: Surroundings): Promise<readonly [Plan, ...Plan[]]> {
  return bare(await loadExplained(file, flags, io, allPlugIns));
}

/** The same for a scenario made in code; its errors have paths, and no lines. */
export async function plansOf(
  scenario: ScenarioFile,
  flags: PlanFlags,
  io: Surroundings,
): Promise<readonly [Plan, ...Plan[]]> {
  const source = { file: 'a scenario in code', value: scenario, locate: () => undefined, isInCode: true } as const;
  return bare(await explained(source, flags, io, allPlugIns));
}

function bare(everything: readonly PlannedEnvironment[]): readonly [Plan, ...Plan[]] {
  const [first, ...rest] = everything.map(({ plan }) => plan);
  return [first!, ...rest];
}
