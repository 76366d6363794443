// The rounds of a plan: which fault, which nodes in which steps, and not before when. Pure.
import { seededRandom } from '../core/random.js';
import { chosen, type FoundChoice } from '../scenario/choices.js';
import type { PlugInKind } from '../scenario/plug-ins.js';
import type { Scenario } from '../scenario/schema.js';
import type { Moment } from '../scenario/values.js';
import type { Origins } from './origins.js';
import { peakMs } from './peak.js';
import type { LoadPlan } from './load-plan.js';
import type { RoundPlan } from './plan.js';
import type { PluginChoice } from './plugin-choice.js';
import { stepsAt } from './posts.js';
import { targetSteps } from './targets.js';

/** Checks a choice, notes where its values are from under `path`, and yields it with its defaults. */
export type PickChoice = (what: PlugInKind, found: FoundChoice, path: string) => PluginChoice;

export function roundPlans(
  scenario: Scenario,
  nodes: readonly string[],
  load: LoadPlan,
  seed: number,
  pick: PickChoice,
  origins: Origins,
): readonly RoundPlan[] {
  let earliestMs = 0;
  return scenario.rounds.map(({ fault, target, service, at, weight }, index) => {
    const round = index + 1;
    const spec = typeof target === 'string' ? { kind: target } : { kind: 'named' as const, nodes: target };
    const path = `rounds[${String(index)}]`;
    origins.note(`${path}.target`, { from: 'scenario', path: ['rounds', index, 'target'] });
    if (service !== undefined)
      origins.note(`${path}.service`, { from: 'scenario', path: ['rounds', index, 'service'] });
    origins.note(`${path}.steps`, { from: 'derived', how: `target and seed ${String(seed)}` });
    origins.note(`${path}.notBeforeMs`, {
      from: 'derived',
      how: at
        ? `rounds[${String(index)}].at and load.stages`
        : index === 0
          ? 'load.stages: the peak'
          : 'the round before',
    });
    // Rounds follow one another: none can begin before the one that it comes after.
    earliestMs = Math.max(earliestMs, momentMs(at ?? { after: index === 0 ? 'peak' : 'start', ms: 0 }, load));
    return {
      round,
      fault: pick('faults', chosen(fault, ['rounds', index, 'fault']), `${path}.fault`),
      target: spec,
      ...(service === undefined ? {} : { service }),
      // The same for all environments: they differ in what they are, not in what is done to them.
      steps: stepsAt(targetSteps(spec, nodes, seededRandom(seed).fork(`round ${String(round)}`)), service),
      notBeforeMs: earliestMs,
      ...(weight === undefined ? {} : { weight }),
    };
  });
}

function momentMs(at: Moment, load: LoadPlan): number {
  return at.after === 'peak' ? peakMs(load.stages) + at.ms : at.ms;
}
