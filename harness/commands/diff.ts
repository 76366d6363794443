// `remuster diff`: is this run worse than that one? What changed in plan and versions, then what came of it.
import { InvalidArgumentError, type Command } from 'commander';
import { EXIT, HarnessError } from '../core/errors.js';
import { parseDuration } from '../core/units.js';
import { compareRuns, TOLERATED, type Side } from '../history/compare.js';
import { judgedRun, lastPassBefore, type JudgedRun } from '../history/past-runs.js';
import { journalIn } from '../record/store.js';
import { diffWords } from '../report/diff-words.js';
import type { CommandIo } from './io.js';

interface DiffFlags {
  readonly baseline?: string;
  readonly tolerance: number;
  readonly least: number;
  readonly json: boolean;
  readonly out: string;
}

const LAST_PASS = 'last-pass';

export function register(program: Command, io: CommandIo): void {
  program
    .command('diff')
    .summary('say whether a run is worse than an earlier one')
    .description(
      'Compares two stored runs, the earlier first; with one or none, that run (or the newest) with the last that passed before it. ' +
        'First what changed in plan and versions, then recovery by step, failures, latency and throughput, each told apart from ' +
        'noise by a rank test. Exit 99 when the later one is worse, 0 when it is not, 100 when there is not enough data to tell.',
    )
    .argument('[runs...]', "folders of runs, their ids, 'latest', or names of releases (run --release)")
    .option('--baseline <run>', `what to compare with: a run, a release, or ${LAST_PASS}`)
    .option(
      '--tolerance <share>',
      'how much worse a figure may be, in percent of what it was',
      percent,
      TOLERATED.share,
    )
    .option('--least <duration>', 'how much longer a recovery or a step of it may take', duration, TOLERATED.recoveryMs)
    .option('--json', 'print one JSON object', false)
    .option('--out <folder>', 'folder of the results', io.env['REMUSTER_OUT'] ?? 'results')
    .addHelpText(
      'after',
      '\nExample:\n  $ remuster diff 2.4.0 2.5.0\n  $ remuster diff latest --baseline last-pass\n\n' +
        'Less than 5 ms of latency or 1 % of failures never counts, however certain it is.',
    )
    .action(async (runs: readonly string[], flags: DiffFlags) => io.exit(await diff(runs, flags, io)));
}

async function diff(runs: readonly string[], flags: DiffFlags, io: CommandIo): Promise<number> {
  const [from, to] = sidesOf(runs, flags);
  if (from.id === to.id)
    throw new HarnessError('invalid', `${from.id} was named on both sides: there is nothing to compare`);
  const comparison = compareRuns(await sideOf(from), await sideOf(to), {
    share: flags.tolerance,
    recoveryMs: flags.least,
  });
  io.stdout.write(
    flags.json
      ? `${JSON.stringify({ schemaVersion: 1, ...comparison }, null, 2)}\n`
      : diffWords(comparison, io.stdout, io.env),
  );
  if (comparison.environments.length === 0)
    throw new HarnessError('invalid', 'the two runs have no environment in common', {
      hint: comparison.notComparable.join('\n  '),
    });
  if (comparison.state === 'worse') return EXIT.fail;
  return comparison.state === 'not-enough-data' ? EXIT.inconclusive : EXIT.pass;
}

function sidesOf(runs: readonly string[], { baseline, out }: DiffFlags): readonly [JudgedRun, JudgedRun] {
  const [first = 'latest', second, third] = runs;
  if (third !== undefined) throw new HarnessError('usage', `two runs can be compared; ${runs.length} were named`);
  if (second !== undefined && baseline !== undefined)
    throw new HarnessError('usage', 'with --baseline one run is named, and not two');
  if (second !== undefined) return [judgedRun(first, out), judgedRun(second, out)];
  const to = judgedRun(first, out);
  const isLastPass = baseline === undefined || baseline === LAST_PASS;
  return [isLastPass ? lastPassBefore(to, out) : judgedRun(baseline, out), to];
}

async function sideOf({ result, plans, path }: JudgedRun): Promise<Side> {
  const versions: Record<string, Readonly<Record<string, string>>> = {};
  for (const { name } of result.environments) {
    for await (const event of journalIn(path, name)) {
      if (event.kind === 'header') versions[name] = event.versions;
      break;
    }
  }
  return { result, plans, versions };
}

function percent(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError("a share in percent is needed, like '10%'.");
  return value / 100;
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError("write it like '100ms' or '1s'.");
  return ms;
}
