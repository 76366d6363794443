// `run` as a program or a test suite calls it: a scenario file or a scenario made in code, played on this machine's
// engine. The same plans, verdicts and results folder as `remuster run`; errors are thrown instead of printed.
import { connectDocker } from './tier/runtime/docker.js';
import { plansFrom, plansOf } from './commands/load-plans.js';
import { HarnessError } from './core/errors.js';
import { parseDuration } from './core/units.js';
import { LineReporter } from './report/live/lines.js';
import { inkFor } from './report/colors.js';
import { run as play } from './run.js';
import type { ScenarioFile } from './scenario/define.js';
import type { EnvironmentResult, RunResult } from './verdict/model.js';

export interface RunSettings {
  /** Only these environments; default: all of the scenario's. */
  readonly environments?: readonly string[];
  readonly seed?: number;
  /** Longest time per environment, '10m'. */
  readonly maxTime?: string;
  /** Folder of the results; default 'results'. */
  readonly out?: string;
  /** Where relative paths begin, and where remuster.config is looked for; default: the working directory. */
  readonly cwd?: string;
  /** Variables for `${NAME}` in the scenario; default: those of the process. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Gets the lines that `remuster run` prints while it goes on. */
  readonly onLine?: (line: string) => void;
  /** An abort ends the run in order: it heals, stops, judges and removes everything. */
  readonly signal?: AbortSignal;
}

/** What a run came to, and where everything of it is kept. */
export interface Played extends RunResult {
  /** results/<run id> */
  readonly folder: string;
}

/**
 * Plays a scenario: the path of its file, or what `defineScenario` returned. Resolves with the verdict, whatever it is;
 * rejects with a HarnessError of code `invalid` (all errors of the scenario), `usage` or `cannot-run-here` (no engine).
 */
export async function run(scenario: string | ScenarioFile, settings: RunSettings = {}): Promise<Played> {
  const { cwd = process.cwd(), variables = process.env, out = 'results' } = settings;
  const flags = {
    ...(settings.environments === undefined ? {} : { env: settings.environments }),
    ...(settings.seed === undefined ? {} : { seed: settings.seed }),
    ...(settings.maxTime === undefined ? {} : { maxTime: durationOf(settings.maxTime) }),
  };
  const io = { env: variables, cwd };
  const plans =
    typeof scenario === 'string' ? await plansFrom(scenario, flags, io) : await plansOf(scenario, flags, io);
  const live = reporter(settings.onLine);
  const options = { runtime: await connectDocker(), out, keep: false, live, env: variables };
  try {
    const result = await play(plans, options, settings.signal ?? new AbortController().signal);
    return { ...result, folder: `${out}/${result.runId}` };
  } finally {
    live.close();
  }
}

/** The result of one environment, by name. Throws `usage` when the run has none of that name. */
export function environmentOf(result: RunResult, name: string): EnvironmentResult {
  const found = result.environments.find((each) => each.name === name);
  if (found !== undefined) return found;
  const known = result.environments.map((each) => each.name).join(', ');
  throw new HarnessError('usage', `"${name}" is not an environment of this run`, { hint: `it has: ${known}` });
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new HarnessError('usage', `maxTime: "${text}" is no duration like '10m'`);
  return ms;
}

function reporter(onLine: RunSettings['onLine']): LineReporter {
  const out = { write: (text: string) => onLine?.(text.trimEnd()), isTTY: false, columns: undefined };
  return new LineReporter(out, inkFor(out, { NO_COLOR: '1' }));
}
