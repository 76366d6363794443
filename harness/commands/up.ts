// `remuster up`: boots a tier of a scenario under load and leaves it in the hands of a process of its own.
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { sleep } from '../core/clock.js';
import { HarnessError, type ErrorCode } from '../core/errors.js';
import { parseDuration } from '../core/units.js';
import { addressLines } from '../hold/words.js';
import { claim, forget, heldTiers, isHeld, logFileOf, pidOf, read, type HeldTier } from '../hold/state.js';
import { newRunId } from '../record/run-id.js';
import { connectDocker } from '../tier/runtime/docker.js';
import { interruptible } from './interrupts.js';
import { scenarioOr } from './default-scenario.js';
import type { CommandIo } from './io.js';
import { plansFrom } from './load-plans.js';

interface UpFlags {
  readonly env?: string;
  readonly name?: string;
  readonly seed?: number;
  readonly for?: number;
  readonly out: string;
  readonly json: boolean;
}

const LOOK_EVERY_MS = 100;
const HOURS_2 = 7_200_000;

export function register(program: Command, io: CommandIo): void {
  program
    .command('up')
    .summary('boot a tier under load and hold it, to look at and to hurt by hand')
    .description(
      'Boots one environment of a scenario, starts its load, prints the addresses and returns. The tier stays: see `status`, `inject`, `exec`, `logs`, `load`, and `down`, which ends it.',
    )
    .argument('[scenario]', 'scenario file, default: remuster.yaml here; its rounds are not played')
    .option('--env <name>', 'which environment, where the scenario has several')
    .option('--name <name>', 'a name for the tier; default: that of the scenario')
    .option('--seed <number>', 'repeat the choices of an earlier run', Number)
    .option('--for <duration>', 'it goes down by itself after so long; default 2h', duration)
    .option('--json', 'print one JSON object', false)
    .option('--out <folder>', 'folder of the results', io.env['REMUSTER_OUT'] ?? 'results')
    .addHelpText('after', '\nExample:\n  $ remuster up scenarios/kill-one.ts\n  $ remuster inject kill --target web-2')
    .action((scenario: string | undefined, flags: UpFlags) => up(scenarioOr(scenario, io), flags, io));
}

async function up(file: string, flags: UpFlags, io: CommandIo): Promise<void> {
  const plans = await plansFrom(
    file,
    {
      ...(flags.env === undefined ? {} : { env: [flags.env] }),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    },
    io,
  );
  const [plan, ...others] = plans;
  if (others.length > 0)
    throw new HarnessError('usage', `${file} has ${String(plans.length)} environments; say which one`, {
      hint: plans.map(({ environment }) => `--env ${environment.name}`).join(', '),
    });
  await connectDocker(); // What keeps it from running is told here, not in a log.
  const tier: HeldTier = {
    schemaVersion: 1,
    name: flags.name === undefined ? freeName(plan.scenario, io.env) : safeName(flags.name),
    state: 'booting',
    scenario: plan.scenario,
    file,
    cwd: io.cwd,
    environment: plan.environment.name,
    seed: plan.seed,
    out: resolve(io.cwd, flags.out),
    runId: newRunId(plan.scenario),
    startedAt: new Date().toISOString(),
    forMs: flags.for ?? HOURS_2,
  };
  claim(tier, io.env);
  const log = openSync(logFileOf(tier.name, io.env), 'a', 0o600);
  const entry = process.argv[1] ?? '';
  const holder = spawn(process.execPath, [...process.execArgv, entry, 'hold', tier.name], {
    ...{ cwd: io.cwd, env: process.env, detached: true, stdio: ['ignore', log, log] },
  });
  holder.unref();
  const held = await interruptible((signal) => untilUp(tier.name, io, signal, () => holder.kill('SIGTERM')));
  if (flags.json) io.stdout.write(`${JSON.stringify(held, null, 2)}\n`);
  else {
    const lines = [`${held.name} is up`, ...addressLines(held.addresses!)];
    io.stdout.write(`${lines.join('\n')}\n  remuster inject kill --target web-1; remuster status; remuster down\n`);
  }
}

/** Shows the holder's log until the tier is up. Throws what it failed with. */
async function untilUp(name: string, io: CommandIo, signal: AbortSignal, end: () => void): Promise<HeldTier> {
  let shown = 0;
  let isEnding = false;
  for (;;) {
    const tier = read(name, io.env);
    const text = logText(name, io.env);
    const whole = text.slice(shown, text.lastIndexOf('\n') + 1);
    shown += whole.length;
    io.stderr.write(whole);
    if (tier?.state === 'up') return tier;
    if (tier?.state === 'failed') {
      forget(name, io.env);
      throw failureOf(tier);
    }
    if (!tier || !isHeld(tier)) {
      signal.throwIfAborted();
      throw new HarnessError('internal', 'the process that was to hold the tier ended without a word', {
        hint: `remuster down ${name} removes what is left of it`,
      });
    }
    if (signal.aborted && !isEnding) {
      isEnding = true;
      const pid = pidOf(tier);
      if (pid === undefined) end();
      else process.kill(pid, 'SIGTERM');
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function failureOf({ failure }: HeldTier): HarnessError {
  const codes: Readonly<Record<number, ErrorCode>> = {
    101: 'boot-failed',
    104: 'invalid',
    107: 'cannot-run-here',
    102: 'timed-out',
    130: 'interrupted',
    143: 'terminated',
    100: 'results-unwritable',
  };
  const known = codes[failure?.exitCode ?? 1];
  return new HarnessError(known ?? 'internal', failure?.message ?? 'the tier did not come up');
}

function logText(name: string, env: CommandIo['env']): string {
  try {
    return readFileSync(logFileOf(name, env), 'utf8');
  } catch {
    return '';
  }
}

function freeName(scenario: string, env: CommandIo['env']): string {
  const taken = new Set(heldTiers(env).map(({ name }) => name));
  const base = scenario.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  for (let nth = 1; ; nth += 1) {
    const name = nth === 1 ? base : `${base}-${String(nth)}`;
    if (!taken.has(name)) return name;
  }
}

function safeName(name: string): string {
  if (/^[a-z0-9][a-z0-9_.-]{0,60}$/i.test(name)) return name;
  throw new HarnessError('usage', `--name: "${name}" can only have letters, digits, '-', '_' and '.'`);
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new InvalidArgumentError("write it like '30m' or '2h'.");
  return ms;
}
