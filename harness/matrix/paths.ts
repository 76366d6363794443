// The restart paths of the matrix, from the faults: one each, or one for each process or policy that a fault can be for. Pure.
import type { Plugin, PluginMap } from '../core/plugin.js';
import type { Fault } from '../faults/fault.js';
import { fromZod, keysAt } from '../scenario/issue.js';

export interface PathChoice {
  readonly name: string;
  /** As a scenario writes it. */
  readonly fault: { readonly kind: string } & Readonly<Record<string, unknown>>;
}

/** Options that decide which path a fault drives; others only say how hard. */
const DECIDING = ['process', 'policy'] as const;

/** No value of any enumeration: a schema that refuses it says which ones it knows. */
const NO_VALUE = '\u0000';

/** Paths that two faults drive in the same way: the name on the right stands for both. */
const SAME_AS: Readonly<Record<string, string>> = { 'kill-supervisor': 'supervisor-death' };

export function pathChoices(faults: PluginMap<Fault>): readonly PathChoice[] {
  const choices = allChoices(faults);
  return choices.filter(({ name }) => !choices.some((other) => other.name === SAME_AS[name]));
}

function allChoices(faults: PluginMap<Fault>): readonly PathChoice[] {
  return Object.entries(faults).flatMap(([kind, fault]) => {
    // What heals by itself after a while is a hindrance, not a restart.
    if (fault.healAfterMs) return [];
    return variants(fault)
      .filter((options) => fault.options.safeParse(options).success)
      .map((options) => ({ name: pathName(fault, kind, options), fault: { kind, ...options } }));
  });
}

/** The name under which a fault with these options stands in the matrix. */
export function pathName(fault: Fault, kind: string, options: Readonly<Record<string, unknown>>): string {
  const deciding = decidingOf(fault);
  const value = deciding && options[deciding.key];
  return typeof value === 'string' ? `${kind}-${value}` : kind;
}

function variants(fault: Fault): readonly Readonly<Record<string, string>>[] {
  const deciding = decidingOf(fault);
  return deciding ? deciding.values.map((value) => ({ [deciding.key]: value })) : [{}];
}

function decidingOf(fault: Fault): { readonly key: string; readonly values: readonly string[] } | undefined {
  for (const key of DECIDING) {
    const values = valuesOf(fault, key);
    // With one value there is nothing to decide.
    if (values.length > 1) return { key, values };
  }
  return undefined;
}

function valuesOf({ options }: Plugin<unknown>, key: string): readonly string[] {
  if (!keysAt(options, []).includes(key)) return [];
  const parsed = options.safeParse({ [key]: NO_VALUE }, { reportInput: true });
  if (parsed.success) return [];
  return fromZod(parsed.error, options).find(({ path, known }) => path[0] === key && known)?.known ?? [];
}
