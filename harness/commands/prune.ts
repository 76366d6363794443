// `remuster prune`: removes old runs from the results folder.
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { formatMiB } from '../core/units.js';
import { pastRuns } from '../history/past-runs.js';
import { prunable } from '../history/prune.js';
import { counted } from '../report/text.js';
import type { CommandIo } from './io.js';

interface PruneFlags {
  readonly keep: number;
  readonly dryRun: boolean;
  readonly out: string;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('prune')
    .summary('remove old runs from the results folder')
    .description(
      'Keeps the newest runs of each scenario, the last that passed, soaks that can be taken up again, and for a day what was not ' +
        'judged and may go on; removes the others. What is no run is not touched.',
    )
    .requiredOption('--keep <n>', 'so many runs of each scenario, the newest', atLeastOne)
    .option('--dry-run', 'only say what would be removed', false)
    .option('--out <folder>', 'folder of the results', io.env['REMUSTER_OUT'] ?? 'results')
    .addHelpText('after', '\nExample:\n  $ remuster prune --keep 30 --dry-run')
    .action((flags: PruneFlags) => prune(flags, io));
}

function prune({ keep, dryRun, out }: PruneFlags, io: CommandIo): void {
  const runs = pastRuns(out, (id, why) => void io.stderr.write(`left alone  ${id}: ${why}\n`));
  const old = prunable(runs, keep, Date.now());
  let bytes = 0;
  for (const { id, path } of old) {
    bytes += bytesIn(path);
    if (!dryRun) rmSync(path, { recursive: true, force: true });
    io.stdout.write(`${dryRun ? 'would remove' : 'removed'}  ${id}\n`);
  }
  const kept = counted(runs.length - old.length, 'run');
  io.stdout.write(
    `${counted(old.length, 'run')}, ${formatMiB(bytes)}${dryRun ? ' would go' : ' removed'}; ${kept} kept\n`,
  );
}

function bytesIn(path: string): number {
  const entry = lstatSync(path);
  if (!entry.isDirectory()) return entry.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number, 1 or more, is needed.');
  return value;
}
