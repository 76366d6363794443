// All chosen cells, planned: those that can be run, and those that cannot be, each with its reason.
import type { PlugInMaps } from '../scenario/plug-ins.js';
import type { Cell } from './cells.js';
import { notApplicable, type CellOutcome } from './outcome.js';
import { planCell, type Planned } from './plan-cell.js';
import type { PlannedCell } from './play-cell.js';
import { planTrap } from './traps.js';

export interface PlannedMatrix {
  readonly planned: readonly PlannedCell[];
  readonly notApplicable: readonly CellOutcome[];
}

export async function planCells(cells: readonly Cell[], maps: PlugInMaps): Promise<PlannedMatrix> {
  const planned: PlannedCell[] = [];
  const cannot: CellOutcome[] = [];
  for (const cell of cells) {
    const result: Planned = cell.kind === 'product' ? planCell(cell, maps) : { plan: await planTrap(cell, maps) };
    if ('plan' in result) planned.push({ id: cell.id, cell, plan: result.plan });
    else cannot.push(notApplicable(cell, result.notApplicable));
  }
  return { planned, notApplicable: cannot };
}
