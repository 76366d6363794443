// `${NAME}` and `${NAME:-default}` in the texts of YAML and JSON scenarios, from the environment of the program. Behind
// the parser, never before it: what a variable holds is a text, and cannot add keys to a scenario.
import { nearestName } from '../core/nearest.js';
import type { Issue, KeyPath } from './issue.js';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Interpolated {
  readonly value: unknown;
  /** Where something was put in. */
  readonly paths: readonly KeyPath[];
  /** `found` is what stands in the file, to look for. */
  readonly troubles: readonly { readonly path: KeyPath; readonly found: string; readonly message: string }[];
}

/** `$${` stands for `${`; then a reference, well written or not. As in a shell, `:-` counts an empty variable as unset. */
const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g;

export function interpolate(value: unknown, variables: Variables, path: KeyPath = []): Interpolated {
  if (typeof value === 'string') return ofText(value, variables, path);
  const inner = Array.isArray(value)
    ? value.map((each, index) => interpolate(each, variables, [...path, index]))
    : Object.entries(groupOf(value)).map(([key, each]) => interpolate(each, variables, [...path, key]));
  if (inner.every(({ paths, troubles }) => paths.length + troubles.length === 0))
    return { value, paths: [], troubles: [] };
  const values = inner.map((each) => each.value);
  return {
    value: Array.isArray(value)
      ? values
      : Object.fromEntries(Object.keys(groupOf(value)).map((key, at) => [key, values[at]])),
    paths: inner.flatMap(({ paths }) => paths),
    troubles: inner.flatMap(({ troubles }) => troubles),
  };
}

function ofText(text: string, variables: Variables, path: KeyPath): Interpolated {
  const troubles: Interpolated['troubles'][number][] = [];
  const paths = new Set<KeyPath>();
  const value = text.replace(REFERENCE, (found, name: string | undefined, fallback: string | undefined) => {
    if (found === '$${') return '${';
    if (name === undefined || fallback?.includes('${')) {
      troubles.push({ path, found: '${', message: `${clip(text)} has no variable there; ${WAYS}` });
      return found;
    }
    paths.add(path);
    const given = variables[name];
    if (given !== undefined && (given !== '' || fallback === undefined)) return given;
    if (fallback !== undefined) return fallback;
    troubles.push({ path, found: `\${${name}}`, message: unset(name, variables) });
    return found;
  });
  return { value, paths: [...paths], troubles };
}

const WAYS = 'write ${NAME}, ${NAME:-default}, or $${ for the characters themselves';

function unset(name: string, variables: Variables): string {
  const nearest = nearestName(name, Object.keys(variables));
  return `the variable ${name} is not set; set it, or give a default: \${${name}:-...}${nearest === undefined ? '' : `     did you mean ${nearest}?`}`;
}

function clip(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

function groupOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

interface Judged {
  readonly issues: readonly Issue[];
}

/**
 * Judges a value; where a text from the environment is not right as it is, as the number or the true or false that it
 * spells. So `"${PORT}"` is a text where a text is wanted, and a number where a number is.
 */
export function judgedTyped<T extends Judged>(
  value: unknown,
  paths: readonly KeyPath[],
  judge: (value: unknown) => T,
): T {
  const first = judge(value);
  const wrong = new Set(first.issues.map(({ path }) => JSON.stringify(path)));
  const candidates = paths.filter((path) => wrong.has(JSON.stringify(path)));
  const typed = candidates.reduce((all, path) => changedAt(all, path, spelled), value);
  return candidates.length === 0 ? first : judge(typed);
}

function spelled(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return value === 'true' ? true : value === 'false' ? false : value;
}

function changedAt(value: unknown, path: KeyPath, change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value)) {
    return value.map((each: unknown, index) => (index === Number(key) ? changedAt(each, rest, change) : each));
  }
  const group = groupOf(value);
  return String(key) in group ? { ...group, [key]: changedAt(group[String(key)], rest, change) } : value;
}
