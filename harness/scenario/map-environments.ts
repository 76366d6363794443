// The environments of what was read from a file, one by one, before anybody knows whether it is a scenario. Pure.
import { isRecord } from './validate.js';

type Group = Readonly<Record<string, unknown>>;

/** With each environment changed; what is no group of keys stays as it is, and is for the validation to name. */
export function mapEnvironments(scenario: Group, change: (environment: Group, name: string) => unknown): Group {
  const { environments } = scenario;
  if (!isRecord(environments)) return scenario;
  const changed = Object.entries(environments).map(([name, value]) => [
    name,
    isRecord(value) ? change(value, name) : value,
  ]);
  return { ...scenario, environments: Object.fromEntries(changed) as unknown };
}
