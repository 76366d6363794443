// A plug-in as a scenario chooses it: its kind and options, each with the place that it came from; and the check of both
// against the plug-in itself, which yields its options with defaults filled in.
import type { Plugin } from '../core/plugin.js';
import type { PluginChoice } from '../plan/plugin-choice.js';
import { fromZod, shown, type Issue, type KeyPath } from './issue.js';
import { byDefault, inScenario, type Found } from './origin.js';
import { ONE_OF, plugInNamed, type PlugInKind, type PlugInMaps } from './plug-ins.js';
import type { Choice } from './schema.js';

export interface FoundChoice {
  /** Where the choice stands; errors name it. */
  readonly path: KeyPath;
  readonly kind: Found<string>;
  readonly options: Readonly<Record<string, Found<unknown>>>;
}

export function chosen({ kind, ...options }: Choice, path: KeyPath): FoundChoice {
  return { path, kind: inScenario(kind, path), options: located(options, path) };
}

export function chosenByDefault(kind: string, path: KeyPath): FoundChoice {
  return { path, kind: byDefault(kind), options: {} };
}

/** Options over those of `base`; another kind replaces it whole. */
export function overlaid(base: FoundChoice, over: Readonly<Record<string, unknown>>, path: KeyPath): FoundChoice {
  const { kind, ...options } = over;
  if (typeof kind === 'string' && kind !== base.kind.value) return chosen({ ...options, kind }, path);
  return { path: base.path, kind: base.kind, options: { ...base.options, ...located(options, path) } };
}

/** A key without a value counts as absent: TypeScript scenarios write `x: condition ? 1 : undefined`. */
function located(options: Readonly<Record<string, unknown>>, path: KeyPath): Readonly<Record<string, Found<unknown>>> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, inScenario(value, [...path, key])]),
  );
}

export type Checked =
  { readonly ok: true; readonly choice: PluginChoice } | { readonly ok: false; readonly issues: readonly Issue[] };

/** Does the plug-in exist, and does it take these options? */
export function checkChoice(maps: PlugInMaps, what: PlugInKind, found: FoundChoice): Checked {
  const { value: kind } = found.kind;
  const plugin: Plugin<unknown> | undefined = plugInNamed(maps, what, kind);
  if (!plugin) {
    const issue = {
      path: found.path,
      at: [...found.path, 'kind'],
      message: `${shown(kind)} is not ${ONE_OF[what]}`,
      found: kind,
    };
    return { ok: false, issues: [{ ...issue, known: Object.keys(maps[what]) }] };
  }
  const values = Object.fromEntries(Object.entries(found.options).map(([key, option]) => [key, option.value]));
  const parsed = plugin.options.safeParse(values, { reportInput: true });
  if (!parsed.success) {
    return { ok: false, issues: fromZod(parsed.error, plugin.options).map((issue) => placed(issue, found)) };
  }
  return { ok: true, choice: { kind, options: parsed.data as Readonly<Record<string, unknown>> } };
}

/** The issue of a plug-in speaks of its options only: put the option's own place before it. */
function placed(issue: Issue, found: FoundChoice): Issue {
  const [option, ...rest] = issue.path;
  const origin = option === undefined ? undefined : found.options[String(option)]?.origin;
  const path = origin?.from === 'scenario' ? [...origin.path, ...rest] : [...found.path, ...issue.path];
  const message = issue.message.replace(/ is not a key here$/, ` is not an option of ${found.kind.value}`);
  return { ...issue, path, message };
}
