// One matrix from its first cell to its reports: images, cells side by side, progress, comparison, what is written and printed.
import { join } from 'node:path';
import { monotonicMs } from '../core/clock.js';
import { HarnessError, messageOf, type ExitCode } from '../core/errors.js';
import { interruptible } from '../commands/interrupts.js';
import type { CommandIo } from '../commands/io.js';
import { formatMs } from '../core/units.js';
import { padStart } from '../report/text.js';
import { assemble } from '../tier/assembly.js';
import { connectDocker } from '../tier/runtime/docker.js';
import type { Runtime } from '../tier/runtime/runtime.js';
import { came, compare, updated } from './compare.js';
import { renderMatrixHtml } from './html.js';
import { renderMatrixMarkdown } from './markdown.js';
import type { CellOutcome } from './outcome.js';
import { playCell, type PlannedCell } from './play-cell.js';
import type { PlannedMatrix } from './plan-cells.js';
import { exitOf, type MatrixResult } from './result.js';
import { playAll, TimeLeft } from './schedule.js';
import { MatrixFolder, type StoredMatrix } from './store.js';
import { readStored, writeStored } from './stored.js';
import { renderMatrix } from './terminal.js';
import { cellText } from './views.js';

export interface MatrixOptions {
  /** The matrix to go on with; undefined: a new one. */
  readonly stored: StoredMatrix | undefined;
  readonly out: string;
  readonly parallel: number;
  readonly json: boolean;
  readonly update: boolean;
  /** The stored matrix to compare with. */
  readonly file: string;
  /** All cells there are, in the order of the table. */
  readonly order: readonly string[];
}

export async function playMatrix(matrix: PlannedMatrix, options: MatrixOptions, io: CommandIo): Promise<ExitCode> {
  const { out, file } = options;
  const expected = readStored(file); // Before anything is run: a stored matrix that cannot be read is an error.
  const ids = [...matrix.planned, ...matrix.notApplicable].map(({ id }) => id);
  const { folder, header, outcomes } = options.stored ?? MatrixFolder.create(out, inOrder(ids, options.order));
  const done = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const left: string[] = [];
  const startedMs = monotonicMs();
  const stoppedBy = await interruptible(async (signal) => {
    const open = longestFirst(
      matrix.planned.filter(({ id }) => !done.has(id)),
      expected ?? [],
    );
    if (open.length > 0) await playOpen(open, done, { folder, options, io, left }, signal);
    return stopCode(signal);
  });
  const all = [...matrix.notApplicable, ...done.values()];
  const cells = inOrder(header.cells, options.order).flatMap((id) => all.find((cell) => cell.id === id) ?? []);
  const missing = matrix.planned.map(({ id }) => id).filter((id) => !done.has(id));
  if (options.update && stoppedBy === null) writeStored(file, updated(expected ?? [], cells, options.order));
  const judged = { cells, missing, comparison: expected ? compare(expected, cells) : null, leftBehind: left };
  const result: MatrixResult = {
    schemaVersion: 1,
    id: header.id,
    startedAt: header.startedAt,
    tookMs: Math.round(monotonicMs() - startedMs),
    parallel: options.parallel,
    ...exitOf({ ...judged, stoppedBy }),
    ...judged,
    stored: file,
  };
  const title = `matrix ${header.id}`;
  const json = `${JSON.stringify(result, null, 2)}\n`;
  folder.write('matrix.json', json);
  folder.write('matrix.md', renderMatrixMarkdown(title, [`Exit ${result.exitCode}: ${result.exitWords}.`], cells));
  folder.write('matrix.html', renderMatrixHtml(title, cells));
  const { isTTY, columns } = io.stdout;
  io.stdout.write(options.json ? json : renderMatrix(result, { isTTY, columns, env: io.env, folder: folder.path }));
  return result.exitCode;
}

interface OpenTools {
  readonly folder: MatrixFolder;
  readonly options: MatrixOptions;
  readonly io: CommandIo;
  /** What runs left behind is added here. */
  readonly left: string[];
}

async function playOpen(
  open: readonly PlannedCell[],
  done: Map<string, CellOutcome>,
  { folder, options, io, left }: OpenTools,
  signal: AbortSignal,
): Promise<void> {
  const tell = (line: string): void => void io.stderr.write(`${line}\n`);
  const { parallel } = options;
  const runtime = await connectDocker();
  await buildImages(open, runtime, tell, signal);
  tell(
    `${open.length} cells${done.size > 0 ? ` (${done.size} done before)` : ''}, ${parallel} at a time: ${join(folder.path)}`,
  );
  const time = new TimeLeft(open.length, parallel);
  let nth = 0;
  const tools = { runtime, out: folder.runs, leftBehind: (what: readonly string[]) => void left.push(...what) };
  await playAll(
    open,
    {
      parallel,
      play: (cell, attempt, over) => playCell(cell, attempt, tools, over),
      ended(outcome) {
        folder.add(outcome);
        done.set(outcome.id, outcome);
        time.ended(outcome.tookMs * outcome.attempts);
        nth += 1;
        const place = `[${padStart(String(nth), String(open.length).length)}/${open.length}]`;
        const came_ = outcome.verdict === 'pass' ? '' : `  ${came(outcome)}`;
        const again = outcome.attempts > 1 ? `, run ${outcome.attempts} times` : '';
        tell(
          `${place} ${cellText(outcome)}  ${outcome.id}${came_}  (${formatMs(outcome.tookMs)}${again})  ${time.words}`.trimEnd(),
        );
      },
    },
    signal,
  );
}

/** Images first, one after another: a build in the middle of a neighbour's restart would take its processor. */
async function buildImages(
  cells: readonly PlannedCell[],
  runtime: Runtime,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const images = new Set(cells.map(({ plan }) => assemble(plan.environment.node).image));
  for (const image of images) {
    if (signal.aborted) return;
    try {
      await runtime.ensureImage(image, tell, signal);
    } catch (error) {
      // Its cells will say that they did not boot; the others can still be run.
      tell(`image ${image} cannot be built: ${messageOf(error)}`);
    }
  }
}

function stopCode(signal: AbortSignal): 130 | 143 | null {
  if (!signal.aborted) return null;
  return signal.reason instanceof HarnessError && signal.reason.code === 'terminated' ? 143 : 130;
}

function inOrder(ids: readonly string[], order: readonly string[]): readonly string[] {
  const wanted = new Set(ids);
  return order.filter((id) => wanted.has(id));
}

/** A long cell that begins last is waited for alone; the stored matrix knows which ones are long. */
function longestFirst(cells: readonly PlannedCell[], stored: readonly CellOutcome[]): readonly PlannedCell[] {
  const tookMs = new Map(stored.map((cell) => [cell.id, cell.tookMs]));
  const expectedMs = ({ id }: PlannedCell): number => tookMs.get(id) ?? Infinity;
  return [...cells].sort((left, right) => {
    const [first, second] = [expectedMs(left), expectedMs(right)];
    return first === second ? 0 : second - first;
  });
}
