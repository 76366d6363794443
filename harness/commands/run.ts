// `remuster run`: plans a scenario, plays it, prints the verdict and ends with its exit code.
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { HarnessError, EXIT, EXIT_PRECEDENCE, type ExitCode } from '../core/errors.js';
import { parseDuration } from '../core/units.js';
import type { Plan } from '../plan/plan.js';
import { annotations } from '../report/annotations.js';
import { renderJson } from '../report/json.js';
import { createLive } from '../report/live/index.js';
import { renderTerminal } from '../report/terminal.js';
import { run } from '../run.js';
import { connectDocker } from '../tier/runtime/docker.js';
import type { RunResult } from '../verdict/model.js';
import { scenarioOr } from './default-scenario.js';
import type { CommandIo } from './io.js';
import { plansFrom } from './load-plans.js';
import { warnOfLoad } from './load-warnings.js';
import { interruptible } from './interrupts.js';

interface RunFlags {
  readonly env?: readonly string[];
  readonly release?: string;
  readonly seed?: number;
  readonly repeat: number;
  readonly rerunInconclusive: number;
  readonly maxTime?: number;
  readonly load?: string;
  readonly keep: boolean;
  readonly json: boolean;
  readonly out: string;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('run')
    .summary('play a scenario and say whether every node came back')
    .description(
      'Boots the tier of each environment, loads it, hurts it, watches, judges and reports; leaves nothing behind.',
    )
    .argument('[scenario]', 'scenario file: .ts, .js, .yaml or .json; default: remuster.yaml here')
    .option('--env <name>', 'only this environment; can be given several times', repeated)
    .option('--load <file>', "play the load of this file (remuster log2load) in the place of the scenario's own")
    .option('--seed <number>', 'repeat the choices of an earlier run', wholeNumber(0))
    .option('--repeat <n>', 'play it so many times; the worst exit code counts', wholeNumber(1), 1)
    .option('--rerun-inconclusive <n>', 'play again, at most so many times, while inconclusive', wholeNumber(0), 0)
    .option('--max-time <duration>', "longest time per environment, like '10m'", duration)
    .option('--release <name>', 'what is tested; the run can be found by it', io.env['REMUSTER_RELEASE'])
    .option('--keep', 'leave the containers running to look at (remuster clean --all removes them)', false)
    .option('--json', 'print one JSON object on standard output', false)
    .option('--out <folder>', 'folder of the results', io.env['REMUSTER_OUT'] ?? 'results')
    .addHelpText('after', '\nExample:\n  $ remuster run scenarios/supervisor-swap.ts --env production --seed 7')
    .action(async (scenario: string | undefined, flags: RunFlags) =>
      io.exit(await play(scenarioOr(scenario, io), flags, io)),
    );
}

async function play(scenario: string, flags: RunFlags, io: CommandIo): Promise<ExitCode> {
  const plans = await plansFrom(scenario, flags, io);
  warnOfLoad(plans, io);
  const runtime = await connectDocker();
  return interruptible(async (signal) => {
    const results: RunResult[] = [];
    for (let nth = 0; nth < flags.repeat; nth += 1) {
      if (isOver(signal)) break;
      let result = await playOnce(plans, flags, io, runtime, signal);
      results.push(result);
      for (
        let again = 0;
        again < flags.rerunInconclusive && result.exitCode === EXIT.inconclusive && !isOver(signal);
        again += 1
      ) {
        result = await playOnce(plans, flags, io, runtime, signal);
        results.push(result);
      }
    }
    if (flags.json) io.stdout.write(renderJson(results));
    return worst(results, flags);
  });
}

async function playOnce(
  plans: readonly [Plan, ...Plan[]],
  flags: RunFlags,
  io: CommandIo,
  runtime: Awaited<ReturnType<typeof connectDocker>>,
  signal: AbortSignal,
): Promise<RunResult> {
  const live = createLive(io, io.env);
  try {
    const options = {
      runtime,
      out: flags.out,
      keep: flags.keep,
      isSelection: flags.env !== undefined,
      ...releaseOf(flags),
      live,
      env: io.env,
    };
    const result = await run(plans, options, signal);
    live.close();
    io.stderr.write(annotations(result, io.cwd, io.env));
    if (!flags.json)
      io.stdout.write(
        renderTerminal(result, {
          folder: join(flags.out, result.runId),
          columns: io.stdout.columns,
          plans,
          env: io.env,
          isTTY: io.stdout.isTTY,
        }),
      );
    return result;
  } finally {
    live.close();
  }
}

function releaseOf({ release }: RunFlags): { readonly release?: string } {
  return release === undefined || release === '' ? {} : { release };
}

/** Asked anew each time: a signal is aborted from outside. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** With --rerun-inconclusive a later clear result replaces an inconclusive one; with --repeat the worst counts. */
function worst(results: readonly RunResult[], flags: RunFlags): ExitCode {
  const clear =
    flags.rerunInconclusive > 0
      ? results.filter((result, index) => index === results.length - 1 || result.exitCode !== EXIT.inconclusive)
      : results;
  const codes = clear.map((result) => result.exitCode);
  const found = EXIT_PRECEDENCE.find((code) => codes.includes(code));
  if (found === undefined) throw new HarnessError('internal', `no known exit code among ${codes.join(', ')}`);
  return found;
}

function repeated(name: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), name];
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new InvalidArgumentError(`a whole number, ${least} or more, is needed.`);
    return value;
  };
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new InvalidArgumentError("write it like '90s' or '10m'.");
  return ms;
}
