// `remuster soak`: rounds of a scenario for hours, drawn by seed; stopped and taken up again by the id of its run.
import { basename, join, resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { HarnessError } from '../core/errors.js';
import { parseDuration } from '../core/units.js';
import { planHash } from '../plan/hash.js';
import type { Plan } from '../plan/plan.js';
import { openRun } from '../record/store.js';
import { annotations } from '../report/annotations.js';
import { renderJson } from '../report/json.js';
import { createLive } from '../report/live/index.js';
import { renderTerminal } from '../report/terminal.js';
import type { SoakExtent } from '../soak/segment-plan.js';
import { soak, type SoakOptions } from '../soak/soak.js';
import { isGoingOn, readSoak, type SoakState } from '../soak/state.js';
import { connectDocker } from '../tier/runtime/docker.js';
import { scenarioOr } from './default-scenario.js';
import { interruptible } from './interrupts.js';
import type { CommandIo } from './io.js';
import { plansFrom } from './load-plans.js';
import { warnOfLoad } from './load-warnings.js';

interface SoakFlags {
  readonly for?: number;
  readonly until?: number;
  readonly rounds?: number;
  readonly resume?: string;
  readonly env?: readonly string[];
  readonly release?: string;
  readonly seed?: number;
  readonly json: boolean;
  readonly out: string;
}

interface Wanted {
  readonly plans: readonly [Plan, ...Plan[]];
  readonly extent: SoakExtent;
  readonly resumed?: { readonly runId: string; readonly state: SoakState };
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('soak')
    .summary('hurt a tier for hours, prove every restart, and tell what drifts')
    .description(
      "Plays the scenario's rounds without end, drawn by seed, one after another on a steady tier, in each environment in turn. " +
        'Every restart gets its receipt; what grows with the number of restarts is found. Can be stopped (Ctrl-C) and resumed.',
    )
    .argument('[scenario]', 'scenario file; default: remuster.yaml here')
    .option('--for <duration>', "time under load, like '4h', shared equally by the environments", duration)
    .option('--until <time>', "the same until a time of day, like '06:00'", timeOfDay)
    .option('--rounds <n>', 'so many rounds in each environment', atLeastOne)
    .option('--resume <run>', 'take up a soak that was stopped or broke off: its id, its folder, or latest')
    .option('--env <name>', 'only this environment; can be given several times', repeated)
    .option('--seed <number>', 'repeat the choices of an earlier soak', wholeNumber)
    .option('--release <name>', 'what is tested; the run can be found by it', io.env['REMUSTER_RELEASE'])
    .option('--json', 'print one JSON object on standard output', false)
    .option('--out <folder>', 'folder of the results', io.env['REMUSTER_OUT'] ?? 'results')
    .addHelpText(
      'after',
      '\nExample:\n  $ remuster soak scenarios/soak.ts --for 1h\n  $ remuster soak --resume latest\n\n' +
        'The report is written anew every minute: remuster report <run> judges what has been seen so far.',
    )
    .action(async (scenario: string | undefined, flags: SoakFlags) => io.exit(await play(scenario, flags, io)));
}

async function play(scenario: string | undefined, flags: SoakFlags, io: CommandIo): Promise<number> {
  const { plans, extent, resumed } = await wanted(scenario, flags, io);
  warnOfLoad(plans, io);
  const runtime = await connectDocker();
  return interruptible(async (signal) => {
    const live = createLive(io, io.env);
    try {
      const common = { runtime, out: flags.out, keep: false, isSelection: flags.env !== undefined, live, env: io.env };
      const named = flags.release ? { release: flags.release } : {};
      const options: SoakOptions = { ...common, ...named, extent, ...(resumed ? { resumed } : {}) };
      const result = await soak(plans, options, signal);
      live.close();
      io.stderr.write(annotations(result, io.cwd, io.env));
      const folder = join(flags.out, result.runId);
      const { columns, isTTY } = io.stdout;
      io.stdout.write(
        flags.json ? renderJson(result) : renderTerminal(result, { folder, columns, plans, env: io.env, isTTY }),
      );
      return result.exitCode;
    } finally {
      live.close();
    }
  });
}

async function wanted(scenario: string | undefined, flags: SoakFlags, io: CommandIo): Promise<Wanted> {
  if (flags.resume !== undefined) return resuming(flags.resume, scenario, flags, io);
  const plans = await plansFrom(scenarioOr(scenario, io), planFlags(flags), io);
  return { plans, extent: extentOf(flags, plans.length) };
}

function planFlags({ env, seed }: Pick<SoakFlags, 'env' | 'seed'>) {
  return { ...(env === undefined ? {} : { env }), ...(seed === undefined ? {} : { seed }) };
}

function extentOf(flags: SoakFlags, environments: number): SoakExtent {
  const given = [flags.for, flags.until, flags.rounds].filter((value) => value !== undefined);
  if (given.length === 1) {
    if (flags.rounds !== undefined) return { rounds: flags.rounds };
    return { forMs: Math.floor((given[0] ?? 0) / environments) };
  }
  const problem = given.length === 0 ? 'how long?' : '--for, --until and --rounds say the same thing in different ways';
  throw new HarnessError('usage', problem, { hint: 'one of them is needed: --for 4h, --until 06:00 or --rounds 100' });
}

/** The plans of a soak that is taken up, which must still be those that it began with. */
async function resuming(run: string, scenario: string | undefined, flags: SoakFlags, io: CommandIo): Promise<Wanted> {
  const given = [scenario, flags.for, flags.until, flags.rounds, flags.seed, flags.env];
  if (given.some((value) => value !== undefined))
    throw new HarnessError('usage', '--resume goes on with what the soak was begun with', {
      hint: `remuster soak --resume ${run}`,
    });
  const stored = openRun(run, flags.out);
  const state = readSoak(stored.path);
  const id = stored.meta.runId;
  if (!state)
    throw new HarnessError('invalid', `${id} is no soak; a run cannot be resumed`, {
      hint: `play it again: remuster run ${stored.meta.file} --seed ${String(stored.meta.seed)}`,
    });
  if (isGoingOn(state)) throw new HarnessError('invalid', `${id} is going on; another process plays it`);
  if (state.isFinished)
    throw new HarnessError('invalid', `${id} is finished; there is nothing to resume`, {
      hint: `its report: remuster report ${id}`,
    });
  if (resolve(flags.out) !== resolve(stored.path, '..') || basename(stored.path) !== id)
    throw new HarnessError('usage', `${id} lies in ${resolve(stored.path, '..')}`, {
      hint: `--out ${resolve(stored.path, '..')}`,
    });
  const plans = await plansFrom(state.file, { env: Object.keys(state.environments), seed: state.seed }, io);
  const changed = plans.filter((plan) => state.environments[plan.environment.name] !== planHash(plan));
  if (changed.length > 0)
    throw new HarnessError(
      'invalid',
      `${state.file} has changed since ${id} began: ${changed.map(({ environment }) => environment.name).join(', ')}`,
      {
        hint: 'two halves of different things are no soak; begin a new one',
      },
    );
  return { plans, extent: state.extent, resumed: { runId: id, state } };
}

function repeated(name: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), name];
}

function wholeNumber(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number, 0 or more, is needed.');
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('a whole number, 1 or more, is needed: a soak of no rounds proves nothing.');
  return value;
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new InvalidArgumentError("write it like '90m' or '4h'.");
  return ms;
}

/** ms from now to the next time that a clock on this machine's wall shows it. */
function timeOfDay(text: string): number {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined) throw new InvalidArgumentError("write it like '06:00'.");
  const then = new Date();
  then.setHours(Number(hours), Number(minutes), 0, 0);
  if (then.getTime() <= Date.now()) then.setDate(then.getDate() + 1);
  return then.getTime() - Date.now();
}
