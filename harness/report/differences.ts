// What differs between an environment and those that passed: the first question of whoever reads a failure.
// Reads the plans only; values as the scenario and the plug-ins' defaults resolved them.
import { formatMiB } from '../core/units.js';
import type { NodeSpec } from '../plan/node-spec.js';
import type { Plan } from '../plan/plan.js';

export interface Difference {
  /** For example 'server.daemonize'. */
  readonly key: string;
  /** Value per environment, in the order of the plans. */
  readonly values: readonly { readonly environment: string; readonly value: string }[];
}

const UNSET = 'unset';

function valueWords(key: string, value: unknown): string {
  if (typeof value === 'number' && value >= 1024 ** 2 && /memory|bytes/i.test(key)) return formatMiB(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function flatten(value: unknown, key: string, into: Map<string, string>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) flatten(inner, key === '' ? name : `${key}.${name}`, into);
  } else {
    into.set(key, valueWords(key, value));
  }
}

/** Options stand beside the plug-in's name: server.options.daemonize reads as server.daemonize. */
function flatSpec(spec: NodeSpec): Map<string, string> {
  const raw = new Map<string, string>();
  flatten(spec, '', raw);
  return new Map([...raw].map(([key, value]) => [key.replace('.options.', '.').replace(/\.kind$/, ''), value]));
}

/** Keys in which `name` differs from one of `others` at least; first those in which it differs from its nearest twin. */
export function differencesOf(plans: readonly Plan[], name: string, others: readonly string[]): Difference[] {
  const shown = plans.filter((plan) => plan.environment.name === name || others.includes(plan.environment.name));
  const specs = new Map(shown.map((plan) => [plan.environment.name, flatSpec(plan.environment.node)]));
  const own = specs.get(name);
  if (own === undefined || specs.size < 2) return [];
  const allKeys = [...new Set([...specs.values()].flatMap((spec) => [...spec.keys()]))];
  const differing = [...specs]
    .filter(([other]) => other !== name)
    .map(([, spec]) => allKeys.filter((key) => spec.get(key) !== own.get(key)))
    // An environment that differs in nothing that is declared cannot explain anything.
    .filter((keys) => keys.length > 0)
    .sort((a, b) => a.length - b.length);
  return [...new Set(differing.flat())].map((key) => ({
    key,
    values: [...specs].map(([environment, spec]) => ({ environment, value: spec.get(key) ?? UNSET })),
  }));
}
