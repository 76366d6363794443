// The environments of a scenario as its rules look at them: whole, with all that each takes from elsewhere.
import { environmentChoices, likeChain, type EnvironmentChoices } from './environments.js';
import type { RuleInput } from './rule.js';

/** Every environment whose own shape is right, with everything that it takes from elsewhere. */
export function whole({ parts, config }: RuleInput): readonly EnvironmentChoices[] {
  return Object.keys(parts.environments)
    .filter((name) => {
      const last = likeChain(parts.environments, name).at(-1);
      return last !== undefined && parts.environments[last]?.like === undefined;
    })
    .map((name) => environmentChoices({ ...parts, environments: parts.environments }, name, config));
}
