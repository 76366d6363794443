// The further services of an environment's own node as choices of plug-ins: the environment's supervisor lies below, the name of
// the entry names the service to it, and what the entry says goes over both. Nothing is validated here.
import { chosen, chosenByDefault, overlaid, type FoundChoice } from './choices.js';
import type { NodeChoices } from './environments.js';
import type { KeyPath } from './issue.js';
import { byDefault } from './origin.js';
import type { FurtherServiceInput } from './own-node.js';
import { plugInNamed, type PlugInMaps } from './plug-ins.js';

export interface ServiceChoices {
  readonly name: string;
  readonly path: KeyPath;
  readonly input: FurtherServiceInput;
  /** Absent where the environment has none: a rule says so. */
  readonly supervisor: FoundChoice | undefined;
  readonly server: FoundChoice;
}

export function serviceChoices({ own, supervisor }: NodeChoices, maps: PlugInMaps): readonly ServiceChoices[] {
  if (!own?.services) return [];
  const { value, origin } = own.services;
  const above = origin.from === 'scenario' ? origin.path : ['node', 'services'];
  return Object.entries(value).map(([name, input]) => {
    const path = [...above, name];
    const { server } = input;
    return {
      name,
      path,
      input,
      supervisor: supervisor && supervisorOf(name, input, path, supervisor, maps),
      server: server ? chosen(server, [...path, 'server']) : chosenByDefault('own', [...path, 'server']),
    };
  });
}

function supervisorOf(
  name: string,
  { supervisor: over = {} }: FurtherServiceInput,
  path: KeyPath,
  base: FoundChoice,
  maps: PlugInMaps,
): FoundChoice {
  const at = [...path, 'supervisor'];
  const found = { ...overlaid(base, over, at), path: over.kind === undefined ? path : at };
  const beside = found.kind.value === base.kind.value ? base.options : {};
  const values = Object.fromEntries(Object.entries(beside).map(([key, option]) => [key, option.value]));
  const named = plugInNamed(maps, 'supervisors', found.kind.value)?.named?.(name, values) ?? {};
  const byName = Object.entries(named).filter(([key]) => over[key] === undefined);
  return {
    ...found,
    options: {
      ...found.options,
      ...Object.fromEntries(byName.map(([key, option]) => [key, byDefault(option, `service ${name}`)])),
    },
  };
}
