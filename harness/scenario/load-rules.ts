// What must fit together in the load of a scenario: stages, model, engine, think times, names of requests.
import { formatMs } from '../core/units.js';
import { DEFAULTS } from '../plan/numbers.js';
import { engineChoice } from './engine-choice.js';
import { shown, type Issue } from './issue.js';
import { plugInNamed } from './plug-ins.js';
import type { Rule } from './rules.js';

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
  const issues: Issue[] = stages.flatMap((stage, index) => {
    const path = ['load', 'stages', index];
    if (stage.for === undefined && index < stages.length - 1)
      return [
        {
          path: [...path, 'for'],
          message: 'is missing; only the last stage may go without it (it is held until the rounds are over)',
        },
      ];
    if (stage.for !== undefined && stage.ramp !== undefined && stage.ramp > stage.for)
      return [{ path: [...path, 'ramp'], message: 'is longer than the whole stage' }];
    return [];
  });
  for (const [index, { users, rate }] of stages.entries()) {
    if ((users === undefined) === (rate === undefined))
      issues.push({ path: ['load', 'stages', index], message: 'needs either users or a rate' });
  }
  if (stages.length > 0 && stages.at(-1)?.users === 0)
    issues.push({
      path: ['load', 'stages', stages.length - 1, 'users'],
      message: 'the last stage is held while faults are made: it needs users',
    });
  return issues;
};

export const modelIsTheEngines: Rule = ({ parts, maps }) => {
  const { load } = parts;
  if (!load) return [];
  const engine = plugInNamed(maps, 'engines', engineChoice(load).kind.value);
  const ways = load.stages.map(({ rate }) => (rate === undefined ? 'closed' : 'open'));
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
  const ofTheOther = model === 'open' ? (['think', 'sessions'] as const) : (['arrivals', 'connections'] as const);
  return ofTheOther
    .filter((key) => load[key] !== undefined)
    .map((key) => ({ path: ['load', key], message: `has no meaning for ${model === 'open' ? 'a rate' : 'users'}` }));
};

/** Users who think longer than the run never ask. */
export const usersAskInTime: Rule = ({ parts, config }) => {
  const { think } = parts.load ?? {};
  const maxTimeMs = parts.maxTime ?? config.maxTime ?? DEFAULTS.maxTimeMs;
  const leastMs = think?.kind === 'constant' ? think.ms : think?.kind === 'uniform' ? think.minMs : think?.meanMs;
  if (leastMs === undefined || leastMs < maxTimeMs) return [];
  return [{ path: ['load', 'think'], message: `is longer than the run may take (maxTime, ${formatMs(maxTimeMs)})` }];
};
