// `remuster report`: judges a stored run again, from its journals alone, and writes its reports again.
// The same run gives the same bytes; nothing is booted.
import { relative } from 'node:path';
import { Option, type Command } from 'commander';
import { journalIn, openRun, type StoredRun } from '../record/store.js';
import { judgeSoak } from '../soak/judge-soak.js';
import { readSoak } from '../soak/state.js';
import { reporters, writeReports } from '../report/index.js';
import { renderTerminal } from '../report/terminal.js';
import { judgeEnvironment, judgeRun } from '../verdict/judge.js';
import type { EnvironmentResult, RunResult } from '../verdict/model.js';
import type { CommandIo } from './io.js';

const TERMINAL = 'terminal';

interface ReportFlags {
  readonly json: boolean;
  readonly format: string;
  readonly out: string;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('report')
    .summary('judge a stored run again and write its reports again')
    .description(
      'Reads the journals of a stored run, judges them again, writes verdict.json, junit.xml, summary.md and report.html into ' +
        'its folder, and prints the result. Ends with the exit code of the run.',
    )
    .argument('[run]', 'folder of the run or its id', 'latest')
    .option('--json', 'print one JSON object; short for --format json', false)
    .addOption(
      new Option('--format <name>', 'what to print').choices([TERMINAL, ...Object.keys(reporters)]).default(TERMINAL),
    )
    .option('--out <folder>', 'folder of the results', io.env['REMUSTER_OUT'] ?? 'results')
    .addHelpText('after', '\nExample:\n  $ remuster report results/latest --format junit')
    .action(async (run: string, flags: ReportFlags) => io.exit(await report(run, flags, io)));
}

async function report(name: string, flags: ReportFlags, io: CommandIo): Promise<number> {
  const stored = openRun(name, flags.out);
  const notes: string[] = [];
  const judged = await judgeAgain(stored, notes);
  const plans = stored.environments.map((environment) => environment.plan);
  // The run itself has appended to the job summary already; judging again must not double it.
  const artifacts = await writeReports(judged, plans, stored.path, {}, (note) => notes.push(note));
  const result: RunResult = { ...judged, artifacts };
  const format = flags.json ? 'json' : flags.format;
  const reporter = Object.hasOwn(reporters, format) ? reporters[format] : undefined;
  if (reporter !== undefined) {
    for (const note of notes) io.stderr.write(`${note}\n`);
    io.stdout.write(await reporter.render(result, plans, (name) => journalIn(stored.path, name)));
  } else {
    io.stdout.write(
      renderTerminal(result, {
        columns: io.stdout.columns,
        isTTY: io.stdout.isTTY,
        env: io.env,
        plans,
        folder: relative(io.cwd, stored.path) || '.',
        notes,
      }),
    );
  }
  return result.exitCode;
}

async function judgeAgain(stored: StoredRun, notes: string[]): Promise<RunResult> {
  const soak = readSoak(stored.path);
  if (soak)
    return judgeSoak(stored, soak, (file, line) =>
      notes.push(`${file}: line ${String(line)} is damaged and was skipped`),
    );
  const environments: EnvironmentResult[] = [];
  for (const environment of stored.environments) {
    const damaged: number[] = [];
    const events = environment.events((lineNumber) => damaged.push(lineNumber));
    environments.push(await judgeEnvironment(environment.plan, events));
    const [first] = damaged;
    if (first !== undefined) {
      notes.push(
        `${environment.folder.journalFile}: ${damaged.length} damaged lines skipped, the first is line ${first}`,
      );
    }
  }
  return judgeRun(stored.meta, environments);
}
