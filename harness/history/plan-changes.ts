// What changed in what was asked for and in what it ran on, between two runs of one environment. Pure.
import type { Plan } from '../plan/plan.js';

export interface Change {
  /** As a scenario writes it: 'server.workers', 'load.think.minMs'; 'versions.remuster' */
  readonly path: string;
  /** null: it was not there. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Of no weight for what was played. What the plug-ins know follows from the rest, and changes with a version. */
const NOT_COMPARED = ['file', 'summary', 'schemaVersion', 'segment', 'facts', 'environment.name'];
const DRAWN = /^rounds\.\d+\.steps\b/;
const HASH = 'hash:';
const LONGEST = 60;

export function planChanges(from: Plan, to: Plan): readonly Change[] {
  const all = changes(flat(from), flat(to));
  // Which node is hit and when is drawn from the seed: that is one change, not many.
  return from.seed === to.seed ? all : all.filter(({ path }) => !DRAWN.test(path));
}

export function versionChanges(from: Readonly<Record<string, string>>, to: typeof from): readonly Change[] {
  const entries = (versions: typeof from) =>
    new Map(Object.entries(versions).map(([name, version]) => [`versions.${name}`, version]));
  return changes(entries(from), entries(to));
}

function changes(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): readonly Change[] {
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((path) => from.get(path) !== to.get(path) && !areSecrets(from.get(path), to.get(path)))
    .map((path) => ({ path: spoken(path), from: from.get(path) ?? null, to: to.get(path) ?? null }));
}

/** Options stand beside the plug-in's name, and a node's settings below its environment: nobody writes either. */
function spoken(path: string): string {
  return path
    .replace(/^environment\.(node\.)?/, '')
    .replace('.options.', '.')
    .replace(/\.kind$/, '');
}

/** Each run hashes with a key of its own: whether two secrets are alike cannot be told afterwards. */
function areSecrets(left: string | undefined, right: string | undefined): boolean {
  return left?.startsWith(HASH) === true && right?.startsWith(HASH) === true;
}

function flat(plan: Plan): ReadonlyMap<string, string> {
  const into = new Map<string, string>();
  flatten(plan, '', into);
  return into;
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (NOT_COMPARED.includes(path) || value === undefined) return;
  if (typeof value !== 'object' || value === null) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    into.set(path, text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
    return;
  }
  const entries = Object.entries(value);
  // A list of plain values is one thing; of anything else, each is.
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) into.set(path, value.join(', '));
  else for (const [key, inner] of entries) flatten(inner, path === '' ? key : `${path}.${key}`, into);
}
