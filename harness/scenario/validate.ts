// Checks what was read from a scenario file: the shape, then the rules. Yields the scenario, or everything that is wrong.
import type { z } from 'zod';
import { fromZod, type Issue } from './issue.js';
import type { PlugInMaps } from './plug-ins.js';
import type { Parts } from './rule.js';
import { broken } from './rules.js';
import * as schema from './schema.js';

export type Validated =
  | { readonly ok: true; readonly scenario: schema.Scenario; readonly issues: readonly [] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export function validateScenario(raw: unknown, maps: PlugInMaps, config: schema.Config = {}): Validated {
  if (!isRecord(raw)) {
    return {
      ok: false,
      issues: [{ path: [], message: 'a scenario is a group of keys (name, nodes, environments, load, rounds)' }],
    };
  }
  const clean = withoutUndefined(raw);
  const parsed = schema.scenario.safeParse(clean, { reportInput: true });
  const issues = [
    ...(parsed.success ? [] : fromZod(parsed.error, schema.scenario)),
    ...broken({ parts: partsOf(clean), maps, config }),
  ];
  if (parsed.success && issues.length === 0) return { ok: true, scenario: parsed.data, issues: [] };
  return { ok: false, issues };
}

/** The parts whose own shape is right, so that the rules have as much as possible to look at. */
function partsOf(raw: Readonly<Record<string, unknown>>): Parts {
  const { shape } = schema.scenario.omit({ environments: true, rounds: true });
  const parts = Object.fromEntries(
    Object.entries(shape).flatMap(([key, part]: [string, z.ZodType]) => {
      const data = salvaged(part, raw[key]);
      return data === undefined ? [] : [[key, data]];
    }),
  ) as Omit<Parts, 'environments' | 'environmentNames' | 'damaged' | 'rounds'>;
  const environments = Object.entries(isRecord(raw['environments']) ? raw['environments'] : {});
  const rounds = Array.isArray(raw['rounds']) ? (raw['rounds'] as readonly unknown[]) : [];
  return {
    ...parts,
    environmentNames: environments.map(([name]) => name),
    damaged: environments.filter(([, value]) => !schema.environment.safeParse(value).success).map(([name]) => name),
    environments: Object.fromEntries(
      environments.flatMap(([name, value]) => {
        const data = salvaged(schema.environment, value);
        return data ? [[name, data]] : [];
      }),
    ),
    rounds: rounds.map((value) => salvaged(schema.round, value)),
  };
}

/** What is left of a group of keys without those that are wrong; undefined when it does not stand without them. */
function salvaged<T>(part: z.ZodType<T>, value: unknown): T | undefined {
  const parsed = part.safeParse(value);
  if (parsed.success || !isRecord(value)) return parsed.data;
  const wrong = new Set(
    parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [String(issue.path[0])],
    ),
  );
  return part.safeParse(Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key)))).data;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys without a value count as absent, in TypeScript scenarios as in YAML ones. */
function withoutUndefined<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutUndefined) as T;
  if (!isRecord(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, withoutUndefined(inner)]])),
  ) as T;
}
