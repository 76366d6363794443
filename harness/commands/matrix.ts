// `remuster matrix`: supervisors, servers and restart paths against one another, and every trap's setting, each as a short run;
// prints the table and fails where a cell comes out otherwise than stored.
import { availableParallelism, freemem } from 'node:os';
import { InvalidArgumentError, type Command } from 'commander';
import { HarnessError } from '../core/errors.js';
import { DEFAULTS_SETTING, productCells, trapCells, type Cell } from '../matrix/cells.js';
import { planCells, type PlannedMatrix } from '../matrix/plan-cells.js';
import { playMatrix } from '../matrix/play-matrix.js';
import { parallelFor } from '../matrix/schedule.js';
import { selectCells, sliceOf, type Filters } from '../matrix/select.js';
import { MatrixFolder, type StoredMatrix } from '../matrix/store.js';
import { storedFile } from '../matrix/stored.js';
import { trapSettings } from '../matrix/traps.js';
import { allPlugIns } from '../scenario/all-plug-ins.js';
import type { CommandIo } from './io.js';

interface MatrixFlags extends Filters {
  readonly all?: true;
  readonly slice?: true;
  readonly list?: true;
  readonly resume?: string | true;
  readonly update?: true;
  readonly parallel?: number;
  readonly json: boolean;
  readonly out: string;
  readonly stored: string;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('matrix')
    .summary('measure supervisors, servers and restart paths against one another')
    .description(
      'Runs cells (supervisor, server, restart path, setting) side by side and compares them with the stored table, by claims.\nNames are separated by commas. Name two of --supervisor, --server and --path to get every cell of the third.',
    )
    .option('--all', 'the whole default table')
    .option('--slice', 'the fewest cells that touch every supervisor, server and path')
    .option('--supervisor <names>', 'only these supervisors', names)
    .option('--server <names>', 'only these servers', names)
    .option('--path <names>', 'only these restart paths', names)
    .option('--setting <names>', "only these settings: 'defaults', a trap, 'broken' or 'fixed'", names)
    .option('--list', 'print the cells and run nothing')
    .option('--resume [id]', 'go on with a matrix that was stopped; without an id, the latest')
    .option('--update', 'store what comes out as what is expected from now on')
    .option('--parallel <n>', 'so many cells at a time; default by cores and memory', count)
    .option('--json', 'print one JSON object on standard output', false)
    .option('--out <folder>', 'folder of the results', io.env['REMUSTER_OUT'] ?? 'results')
    .option('--stored <file>', 'the stored matrix', storedFile())
    .addHelpText('after', '\nExample:\n  $ remuster matrix --supervisor systemd,runit --server unicorn')
    .action(async (flags: MatrixFlags) => {
      const cells: readonly Cell[] = [...productCells(allPlugIns), ...(await traps(flags))];
      const stored = flags.resume === undefined ? undefined : opened(flags, cells);
      const chosen = stored ? cells.filter(({ id }) => stored.header.cells.includes(id)) : selection(cells, flags);
      const planned = await planCells(chosen, allPlugIns);
      const matrix = flags.slice ? sliced(planned) : planned;
      if (flags.list) {
        io.stdout.write(flags.json ? listJson(matrix) : listText(matrix));
        return;
      }
      const parallel = flags.parallel ?? parallelFor(availableParallelism(), freemem());
      const order = cells.map(({ id }) => id);
      const { out, update, json } = flags;
      io.exit(
        await playMatrix(
          matrix,
          { stored, out, parallel, json, update: update ?? false, file: flags.stored, order },
          io,
        ),
      );
    });
}

/** Traps are read only where they may be meant; for an update all cells that there are must be known, or it would drop theirs. */
async function traps({ setting, update }: MatrixFlags): Promise<readonly Cell[]> {
  const none = update === undefined && (setting?.every((name) => name === DEFAULTS_SETTING) ?? false);
  return none ? [] : trapCells(await trapSettings(allPlugIns));
}

function opened({ out, resume, ...flags }: MatrixFlags, cells: readonly Cell[]): StoredMatrix {
  if (flags.all ?? flags.slice ?? flags.supervisor ?? flags.server ?? flags.path ?? flags.setting)
    throw new HarnessError('usage', '--resume goes on with the cells that were chosen then; name no others with it');
  const stored = MatrixFolder.open(out, resume === true ? undefined : resume);
  const gone = stored.header.cells.filter((id) => !cells.some((cell) => cell.id === id));
  if (gone.length > 0)
    throw new HarnessError(
      'invalid',
      `matrix ${stored.header.id} has cells that are not known any more: ${gone.join(', ')}`,
    );
  return stored;
}

function selection(cells: readonly Cell[], { all, slice, ...flags }: MatrixFlags): readonly Cell[] {
  const { supervisor, server, path, setting } = flags;
  const filters: Filters = {
    ...(supervisor ? { supervisor } : {}),
    ...(server ? { server } : {}),
    ...(path ? { path } : {}),
    ...(setting ? { setting } : {}),
  };
  if (!all && !slice && !flags.list && Object.keys(filters).length === 0)
    throw new HarnessError('usage', 'which cells? --all runs the whole default table', {
      hint: 'or narrow it with --slice, --supervisor, --server, --path, --setting; --list shows the cells',
    });
  return selectCells(cells, filters);
}

function sliced({ planned }: PlannedMatrix): PlannedMatrix {
  const chosen = sliceOf(planned.filter(({ cell }) => cell.kind === 'product').map(({ cell }) => cell));
  return { planned: planned.filter(({ cell }) => chosen.includes(cell)), notApplicable: [] };
}

function listText({ planned, notApplicable }: PlannedMatrix): string {
  const lines = [
    ...planned.map(({ id }) => id),
    ...notApplicable.map(({ id, reason }) => `${id}  not applicable: ${reason}`),
  ];
  return `${lines.join('\n')}\n${planned.length} cells, ${notApplicable.length} more not applicable\n`;
}

function listJson({ planned, notApplicable }: PlannedMatrix): string {
  const cells = [
    ...planned.map(({ cell: { id, supervisor, server, path, setting } }) => ({
      id,
      supervisor,
      server,
      path,
      setting,
    })),
    ...notApplicable.map(({ id, supervisor, server, path, setting, reason }) => ({
      ...{ id, supervisor, server, path, setting },
      notApplicable: reason,
    })),
  ];
  return `${JSON.stringify({ schemaVersion: 1, cells }, null, 2)}\n`;
}

function names(text: string, before: readonly string[] | undefined): readonly string[] {
  const given = text.split(',').map((name) => name.trim());
  return [...(before ?? []), ...given.filter((name) => name !== '')];
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number, 1 or more, is needed.');
  return value;
}
