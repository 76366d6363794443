// What must fit together in the load of a scenario: stages, model, engine, think times, names of requests.
import { formatMs } from '../core/units.js';
import { DEFAULTS } from '../plan/numbers.js';
import { peakMs } from '../plan/peak.js';
import { planStages } from '../plan/stages.js';
import { engineChoice, modelOf } from './engine-choice.js';
import { shown, type Issue, type KeyPath } from './issue.js';
import { plugInNamed } from './plug-ins.js';
import type { Rule } from './rule.js';
import type { Scenario } from './schema.js';

type Stage = Scenario['load']['stages'][number];

export const requestNamesAreUnique: Rule = ({ parts }) => {
  const names = (parts.load?.requests ?? []).map(({ name }) => name);
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [{ path: ['load', 'requests', index, 'name'], message: `${shown(name)} is the name of an earlier request` }]
      : [],
  );
};

export const stagesFollowEachOther: Rule = ({ parts }) => {
  const stages = parts.load?.stages ?? [];
  return stages.flatMap((stage, index) => {
    const path = ['load', 'stages', index];
    const isLast = index === stages.length - 1;
    const kinds = (['users', 'rate', 'rates'] as const).filter((key) => stage[key] !== undefined);
    const issues = stage.rates ? curveIssues(stage, path, isLast) : plainIssues(stage, path, isLast);
    if (kinds.length !== 1) issues.push({ path, message: 'needs either users, a rate, or recorded rates' });
    return issues;
  });
};

function plainIssues(stage: Stage, path: KeyPath, isLast: boolean): Issue[] {
  const issues: Issue[] = [];
  if (stage.every !== undefined)
    issues.push({ path: [...path, 'every'], message: 'has no meaning without recorded rates; a stage lasts `for`' });
  if (stage.for === undefined && !isLast)
    issues.push({
      path: [...path, 'for'],
      message: 'is missing; only the last stage may go without it (it is held until the rounds are over)',
    });
  else if (stage.for !== undefined && stage.ramp !== undefined && stage.ramp > stage.for)
    issues.push({ path: [...path, 'ramp'], message: 'is longer than the whole stage' });
  if (isLast && stage.users === 0)
    issues.push({
      path: [...path, 'users'],
      message: 'the last stage is held while faults are made: it needs users',
    });
  return issues;
}

function curveIssues(stage: Stage, path: KeyPath, isLast: boolean): Issue[] {
  const { rates = [] } = stage;
  const issues: Issue[] = (['for', 'ramp'] as const)
    .filter((key) => stage[key] !== undefined)
    .map((key) => ({ path: [...path, key], message: 'has no meaning for recorded rates; each is for `every`' }));
  if (stage.every === undefined)
    issues.push({ path: [...path, 'every'], message: "is missing; for how long is each of the rates? '10s'" });
  if (isLast && rates.at(-1) === 0)
    issues.push({
      path: [...path, 'rates', rates.length - 1],
      message: 'the last rate is held while faults are made: it must be above 0, or a stage must follow',
    });
  return issues;
}

export const modelIsTheEngines: Rule = ({ parts, maps }) => {
  const { load } = parts;
  if (!load) return [];
  const engine = plugInNamed(maps, 'engines', engineChoice(load).kind.value);
  const ways = load.stages.map(modelOf);
  const path = ['load', 'stages'];
  const odd = ways.findIndex((way) => way !== ways[0]);
  if (odd > 0) return [{ path: [...path, odd], message: 'mixes users and rates; a load has one or the other' }];
  const [model] = ways;
  if (!engine || !model) return [];
  if (!engine.models.includes(model)) {
    const wanted = model === 'open' ? 'users' : 'a rate';
    const others = Object.entries(maps.engines).filter(([, each]) => each.models.includes(model));
    const names = others.map(([name]) => name).join(', ');
    return [
      {
        path: [...path, 0],
        message: `the engine ${engine.name} takes ${wanted}, not ${model === 'open' ? 'a rate' : 'users'} (which ${names} takes)`,
      },
    ];
  }
  if (load.arrivals !== undefined && engine.arrivals?.includes(load.arrivals) === false)
    return [
      {
        path: ['load', 'arrivals'],
        message: `the engine ${engine.name} cannot space requests so`,
        known: engine.arrivals,
        found: load.arrivals,
      },
    ];
  const ofRates = engine.connections ? (['arrivals'] as const) : (['arrivals', 'connections'] as const);
  const ofTheOther = model === 'open' ? (['think', 'sessions'] as const) : ofRates;
  return ofTheOther
    .filter((key) => load[key] !== undefined)
    .map((key) => ({ path: ['load', key], message: `has no meaning for ${model === 'open' ? 'a rate' : 'users'}` }));
};

/** A fault at a peak that never comes is never made; a recorded curve can be hours long. */
export const peakComesInTime: Rule = ({ parts, config }) => {
  const { load, rounds } = parts;
  const awaited = rounds.findIndex((round, index) => (round?.at ? round.at.after === 'peak' : index === 0));
  if (!load || awaited < 0) return [];
  const maxTimeMs = parts.maxTime ?? config.maxTime ?? DEFAULTS.maxTimeMs;
  const atMs = peakMs(planStages(load.stages));
  if (atMs < maxTimeMs) return [];
  const message = `its peak, which round ${String(awaited + 1)} waits for, comes after ${formatMs(atMs)}; the run may take ${formatMs(maxTimeMs)} (maxTime)`;
  return [{ path: ['load', 'stages'], message }];
};

/** Users who think longer than the run never ask. */
export const usersAskInTime: Rule = ({ parts, config }) => {
  const { think } = parts.load ?? {};
  const maxTimeMs = parts.maxTime ?? config.maxTime ?? DEFAULTS.maxTimeMs;
  const leastMs = think?.kind === 'constant' ? think.ms : think?.kind === 'uniform' ? think.minMs : think?.meanMs;
  if (leastMs === undefined || leastMs < maxTimeMs) return [];
  return [{ path: ['load', 'think'], message: `is longer than the run may take (maxTime, ${formatMs(maxTimeMs)})` }];
};
