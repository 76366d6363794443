// What a rule of a scenario is given and what it says. The rules are in rules.ts and its neighbours.
import type { Issue } from './issue.js';
import type { PlugInMaps } from './plug-ins.js';
import type { Config, Environment, Round, Scenario } from './schema.js';

/** The parts of a scenario whose shape is right; `environmentNames` has those of the broken ones too. */
export interface Parts extends Partial<Omit<Scenario, 'environments' | 'rounds'>> {
  readonly environments: Readonly<Record<string, Environment>>;
  readonly environmentNames: readonly string[];
  /** Environments of which something had to be left out. */
  readonly damaged: readonly string[];
  /** In order; undefined for a round of the wrong shape. */
  readonly rounds: readonly (Round | undefined)[];
}

export interface RuleInput {
  readonly parts: Parts;
  readonly maps: PlugInMaps;
  readonly config: Config;
}
export type Rule = (input: RuleInput) => readonly Issue[];
