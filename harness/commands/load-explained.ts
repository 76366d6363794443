// From a scenario file and the command line to plans: load, validate, plan, and ask each fault whether its environment
// has what it needs. Everything that is wrong is told at once, before anything is booted.
import { dirname, resolve } from 'node:path';
import { HarnessError } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { parseDuration } from '../core/units.js';
import type { Plan } from '../plan/plan.js';
import { planExplained, planRun, type PlannedEnvironment } from '../plan/planner.js';
import { missingPowers } from '../plan/powers.js';
import { loadConfig } from '../scenario/config.js';
import { composed, type Composed } from '../scenario/compose.js';
import { ComposeTrouble } from '../scenario/compose-file.js';
import { invalidScenario, readSource, withLoadOf, type LoadedSource } from '../scenario/load.js';
import { judgedTyped } from '../scenario/interpolate.js';
import type { Found } from '../scenario/origin.js';
import type { PlugInMaps } from '../scenario/plug-ins.js';
import { validateScenario } from '../scenario/validate.js';
import type { Scenario } from '../scenario/schema.js';
import { detectOnEngine } from './detect-on-engine.js';
import { detectAll, environmentsToDetect, withSupervisors, type LookInto } from './detected.js';
import type { CommandIo } from './io.js';

/** What `run` and `plan` take from the command line. */
export interface PlanFlags {
  readonly env?: readonly string[];
  readonly seed?: number;
  /** ms */
  readonly maxTime?: number;
  /** File with the load that is played in the place of the scenario's own. */
  readonly load?: string;
}

export type Surroundings = Pick<CommandIo, 'env' | 'cwd'> & { readonly detect?: LookInto };

/** The plans of a scenario with the origins of their values. Throws `invalid` with every error of the file. */
export async function loadExplained(
  file: string,
  flags: PlanFlags,
  io: Surroundings,
  maps: PlugInMaps,
): Promise<readonly PlannedEnvironment[]> {
  return explained(await readSource(file, io.cwd, io.env), flags, io, maps);
}

/** The same, from what was read. */
export async function explained(
  own: LoadedSource,
  flags: PlanFlags,
  io: Surroundings,
  maps: PlugInMaps,
): Promise<readonly PlannedEnvironment[]> {
  const { file } = own;
  const config = await loadConfig(io.cwd, io.env);
  const source = flags.load === undefined ? own : withLoadOf(own, await readSource(flags.load, io.cwd, io.env));
  const { scenario: written, notUsed, withRestarts } = withoutCompose(source, resolve(io.cwd, dirname(file)), io.env);
  const tell = (line: string): boolean => process.stderr.write(`remuster: ${line}\n`);
  if (notUsed.length > 0) tell(`not used: ${notUsed.join(', ')}`);
  const loadFile = flags.load === undefined ? {} : { loadFile: flags.load };
  const settings = { maps, file, ...loadFile, config, ...numbers(flags, io.env) };
  const validated = (choose?: Choose): Scenario => {
    const found = judgedTyped(written, source.interpolated ?? [], (value) =>
      // Who was found by looking may be the engine: then what the compose file says of restarts is for it, too.
      validateScenario(withRestarts(withSupervisors(value, choose)), maps, config),
    );
    if (!found.ok) throw invalidScenario(source, found.issues);
    return found.scenario;
  };
  const first = validated();
  const toDetect = environmentsToDetect(written);
  const scenario =
    toDetect.length === 0 ? first : validated(await chosenByLook(toDetect, planRun(first, settings), io));
  const everything = planExplained(scenario, settings);
  const missing = missingPowers(
    everything.map(({ plan }) => plan),
    maps,
  );
  if (missing.length > 0) throw invalidScenario(source, missing);
  const wanted = environmentsWanted(flags, io.env, Object.keys(scenario.environments));
  return everything.filter(({ plan }) => wanted.includes(plan.environment.name));
}

function withoutCompose(source: LoadedSource, folder: string, shell: Surroundings['env']): Composed {
  try {
    return composed(source.value, folder, shell);
  } catch (error) {
    if (!(error instanceof ComposeTrouble)) throw error;
    const path = error.environment === undefined ? ['node'] : ['environments', error.environment, 'node'];
    throw invalidScenario(source, [{ path, message: error.message }]);
  }
}

type Choose = (environment: string) => Readonly<Record<string, unknown>>;

async function chosenByLook(names: readonly string[], plans: readonly Plan[], io: Surroundings): Promise<Choose> {
  const detect =
    io.detect ?? detectOnEngine((line) => process.stderr.write(`remuster: ${line}\n`), new AbortController().signal);
  const found = await detectAll(names, plans, detect);
  return (name) => ({ kind: found.get(name)?.kind, ...found.get(name)?.options });
}

function environmentsWanted(flags: PlanFlags, env: CommandIo['env'], known: readonly string[]): readonly string[] {
  const words = flags.env ?? (env['REMUSTER_ENV'] ? [env['REMUSTER_ENV']] : undefined);
  if (!words) return known;
  const wanted = words.flatMap((word) => word.split(',')).map((word) => word.trim());
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown === undefined) return wanted;
  const nearest = nearestName(unknown, known);
  throw new HarnessError(
    'usage',
    `${flags.env ? '--env' : 'REMUSTER_ENV'}: "${unknown}" is not an environment of this scenario`,
    {
      hint: `known: ${known.join(', ')}${nearest ? `     did you mean ${nearest}?` : ''}`,
    },
  );
}

function numbers(
  flags: PlanFlags,
  env: CommandIo['env'],
): { readonly seed?: Found<number>; readonly maxTimeMs?: Found<number> } {
  const seed =
    flags.seed === undefined
      ? fromVariable('REMUSTER_SEED', env, (text) => (/^\d{1,10}$/.test(text) ? Number(text) : undefined))
      : { value: flags.seed, origin: { from: 'flag', name: '--seed' } as const };
  const maxTimeMs =
    flags.maxTime === undefined
      ? fromVariable('REMUSTER_MAX_TIME', env, parseDuration)
      : { value: flags.maxTime, origin: { from: 'flag', name: '--max-time' } as const };
  return { ...(seed ? { seed } : {}), ...(maxTimeMs ? { maxTimeMs } : {}) };
}

function fromVariable(
  name: string,
  env: CommandIo['env'],
  parse: (text: string) => number | undefined,
): Found<number> | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = parse(text);
  if (value === undefined) throw new HarnessError('usage', `${name}: "${text}" is not a value that can be used`);
  return { value, origin: { from: 'variable', name } };
}
