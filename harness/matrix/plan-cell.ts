// From a cell to its plan, or to the reason why it cannot be: the same validation and planning as of any scenario. Pure.
import { HarnessError } from '../core/errors.js';
import type { Plan } from '../plan/plan.js';
import { planRun } from '../plan/planner.js';
import { missingPowers } from '../plan/powers.js';
import type { Issue } from '../scenario/issue.js';
import { plugInNamed, type PlugInMaps } from '../scenario/plug-ins.js';
import { validateScenario } from '../scenario/validate.js';
import type { ProductCell } from './cells.js';
import { ENVIRONMENT, scenarioOfCell } from './scenario-of-cell.js';

export type Planned = { readonly plan: Plan } | { readonly notApplicable: string };

export function planCell(cell: ProductCell, maps: PlugInMaps): Planned {
  const validated = validateScenario(scenarioOfCell(cell, maps), maps);
  if (!validated.ok) return { notApplicable: reasonOf(validated.issues) };
  try {
    const [plan] = planRun(validated.scenario, { maps, file: `matrix:${cell.id}` });
    if (!plan) throw new HarnessError('internal', `${cell.id} has no plan`);
    const missing = missingPowers([plan], maps);
    if (missing.length > 0) return { notApplicable: reasonOf(missing) };
    const nobody = subjectIsMissing(plan, maps);
    return nobody === undefined ? { plan } : { notApplicable: nobody };
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'invalid') return { notApplicable: withoutName(error.message) };
    throw error;
  }
}

/** A fault that is for workers finds none in a server of one process: it would miss, which says nothing of the server. */
function subjectIsMissing(plan: Plan, maps: PlugInMaps): string | undefined {
  const { kind, options } = plan.environment.node.server;
  const isForWorkers = plan.rounds.some(({ fault }) => {
    const subject = plugInNamed(maps, 'faults', fault.kind)?.path(fault.options, plan).subject;
    return subject === 'worker' || subject === 'workers';
  });
  if (!isForWorkers || plugInNamed(maps, 'servers', kind)?.workers(options) !== 0) return undefined;
  return `${kind} has no workers here: it is one process`;
}

function reasonOf(issues: readonly Issue[]): string {
  return [...new Set(issues.map(({ message }) => withoutName(message)))].join('; ');
}

/** A cell has one environment, whose name nobody gave. */
function withoutName(message: string): string {
  return message.replace(new RegExp(`(in )?environment ${ENVIRONMENT}[:,]? `, 'g'), '');
}
