// Which cells are meant: the default table, a part of it, all of a third axis where two are named, or the fewest that touch
// everything. Pure. Names that nobody knows are errors, with the nearest one.
import { HarnessError } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { DEFAULTS_SETTING, isInDefaultTable, type Cell } from './cells.js';

export interface Filters {
  readonly supervisor?: readonly string[];
  readonly server?: readonly string[];
  readonly path?: readonly string[];
  readonly setting?: readonly string[];
}

const AXES = ['supervisor', 'server', 'path'] as const;
type Axis = (typeof AXES)[number] | 'setting';

/** Cells that the filters leave. With two of supervisor, server and path named, the whole product of the third; else the default table's. */
export function selectCells(cells: readonly Cell[], filters: Filters): readonly Cell[] {
  for (const axis of [...AXES, 'setting'] as const) checkNames(axis, filters[axis], namesOf(cells, axis));
  const named = AXES.filter((axis) => filters[axis] !== undefined).length;
  const chosen = cells.filter(
    (cell) =>
      (named >= 2 || isInDefaultTable(cell)) &&
      [...AXES, 'setting' as const].every((axis) => {
        const wanted = filters[axis];
        return wanted === undefined || words(cell, axis).some((word) => wanted.includes(word));
      }),
  );
  if (chosen.length === 0)
    throw new HarnessError('invalid', 'no cell of the matrix is all of that at once', {
      hint: 'remuster matrix --all --list shows the cells',
    });
  return chosen;
}

/** By what a cell can be named on an axis: a cluster also by its server, a trap's setting by trap, by environment and by both. */
function words(cell: Cell, axis: Axis): readonly string[] {
  switch (axis) {
    case 'setting':
      return cell.kind === 'trap'
        ? [cell.setting, cell.trap, cell.trap.replace(/-.*/, ''), cell.environment]
        : [DEFAULTS_SETTING];
    case 'server':
      return cell.kind === 'product'
        ? [cell.server, cell.form.kind]
        : [cell.server, cell.server.replace(/-cluster$/, '')];
    default:
      return [cell[axis]];
  }
}

function namesOf(cells: readonly Cell[], axis: Axis): readonly string[] {
  return [...new Set(cells.flatMap((cell) => words(cell, axis)))];
}

function checkNames(axis: Axis, wanted: readonly string[] | undefined, known: readonly string[]): void {
  const unknown = wanted?.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, known);
  throw new HarnessError('invalid', `--${axis}: "${unknown}" is not a ${axis} of the matrix`, {
    hint: `known: ${[...known].sort().join(', ')}${nearest === undefined ? '' : `     did you mean ${nearest}?`}`,
  });
}

/** The fewest cells (by taking the one that adds most, again and again) that touch each supervisor, server and path among them. */
export function sliceOf<C extends Pick<Cell, 'supervisor' | 'server' | 'path'>>(cells: readonly C[]): readonly C[] {
  const marks = (cell: C): readonly string[] => AXES.map((axis) => `${axis} ${cell[axis]}`);
  const open = new Set(cells.flatMap(marks));
  const chosen = new Set<C>();
  const gain = (cell: C): number => marks(cell).filter((mark) => open.has(mark)).length;
  while (open.size > 0) {
    const best = cells.reduce((left, right) => (gain(right) > gain(left) ? right : left));
    chosen.add(best);
    for (const mark of marks(best)) open.delete(mark);
  }
  return cells.filter((cell) => chosen.has(cell));
}
