// `remuster history`: how the runs of each scenario and environment ended, oldest first.
import { InvalidArgumentError, type Command } from 'commander';
import { HarnessError } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { historyOf } from '../history/past-environments.js';
import { pastRuns } from '../history/past-runs.js';
import { historyWords } from '../report/history-words.js';
import type { CommandIo } from './io.js';

interface HistoryFlags {
  readonly scenario?: string;
  readonly last: number;
  readonly json: boolean;
  readonly out: string;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('history')
    .summary('show how the stored runs ended, by scenario and environment')
    .description(
      'For each scenario and environment of the results folder: verdicts, recovery and failures of its runs, oldest on the left. ' +
        'Runs that were not judged, and folders that cannot be read, are told and skipped.',
    )
    .option('--scenario <name>', 'only runs of this scenario')
    .option('--last <n>', 'so many runs of each scenario, the newest', atLeastOne, 30)
    .option('--json', 'print one JSON object', false)
    .option('--out <folder>', 'folder of the results', io.env['REMUSTER_OUT'] ?? 'results')
    .addHelpText('after', '\nExample:\n  $ remuster history --scenario supervisor-swap --last 10')
    .action((flags: HistoryFlags) => history(flags, io));
}

function history({ scenario, last, json, out }: HistoryFlags, io: CommandIo): void {
  const all = pastRuns(out, (id, why) => void io.stderr.write(`skipped  ${id}: ${why}\n`));
  const names = [...new Set(all.map(({ meta }) => meta.scenario))];
  if (scenario !== undefined && !names.includes(scenario)) {
    const nearest = nearestName(scenario, names);
    throw new HarnessError('invalid', `--scenario: ${out}/ has no run of "${scenario}"`, {
      hint: `known: ${names.join(', ') || 'none'}${nearest === undefined ? '' : `     did you mean ${nearest}?`}`,
    });
  }
  for (const { id } of all.filter(({ result }) => result === undefined))
    io.stderr.write(`skipped  ${id}: it was not judged (remuster report ${id})\n`);
  const wanted = names
    .filter((name) => scenario === undefined || name === scenario)
    .flatMap((name) => all.filter(({ meta, result }) => meta.scenario === name && result !== undefined).slice(-last));
  const environments = historyOf(wanted);
  if (json) io.stdout.write(`${JSON.stringify({ schemaVersion: 1, environments }, null, 2)}\n`);
  else if (environments.length === 0) io.stdout.write(`${out}/ holds no judged runs yet\n`);
  else io.stdout.write(historyWords(environments, io.stdout, io.env));
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number, 1 or more, is needed.');
  return value;
}
