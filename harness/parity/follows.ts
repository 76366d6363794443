// Which of the things that reach a process differ, and which setting each follows from: found by changing one setting at a
// time and looking at what moves. Pure, given a function from a node's spec to what reaches its process.
import type { NodeSpec } from '../plan/node-spec.js';
import type { Reach } from './reach.js';
import { withSetting } from './settings.js';

export interface LineDifference {
  readonly of: string | null;
  readonly with: string | null;
}

/** Something that differs because a setting does. */
export interface Follows {
  readonly path: string;
  readonly of: string | null;
  readonly with: string | null;
  /** Of a text that both have: the lines that differ. Of a text that one side has: all its lines. */
  readonly lines?: readonly LineDifference[];
}

export type Describe = (spec: NodeSpec) => readonly Reach[];

export interface Attributed {
  /** By the path of the setting. */
  readonly bySetting: ReadonlyMap<string, readonly Follows[]>;
  /** What no single setting explains: it takes several of them together. */
  readonly together: readonly Follows[];
}

export function followsOf(of: NodeSpec, other: NodeSpec, settings: readonly string[], describe: Describe): Attributed {
  const base = describe(other);
  let left = compareReach(describe(of), base);
  const bySetting = new Map<string, readonly Follows[]>();
  for (const setting of settings) {
    const moved = movedBy(withSetting(other, of, setting), base, describe);
    const mine = left.filter(({ path }) => moved.has(path));
    if (mine.length > 0) bySetting.set(setting, mine);
    left = left.filter(({ path }) => !moved.has(path));
  }
  return { bySetting, together: left };
}

/** A mixture may be one that cannot be built (a server that cannot run the application): then it explains nothing. */
function movedBy(mixture: NodeSpec, base: readonly Reach[], describe: Describe): ReadonlySet<string> {
  try {
    return new Set(compareReach(describe(mixture), base).map(({ path }) => path));
  } catch {
    return new Set();
  }
}

export function compareReach(of: readonly Reach[], other: readonly Reach[]): readonly Follows[] {
  const [left, right] = [byPath(of), byPath(other)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((path): readonly Follows[] => {
    const [a, b] = [left.get(path), right.get(path)];
    if (a?.lines === undefined && b?.lines === undefined) {
      return a?.value === b?.value ? [] : [{ path, of: a?.value ?? null, with: b?.value ?? null }];
    }
    const lines = compareLines(a?.lines ?? [], b?.lines ?? []);
    return lines.length === 0 ? [] : [{ path, of: a?.value ?? null, with: b?.value ?? null, lines }];
  });
}

function byPath(all: readonly Reach[]): ReadonlyMap<string, Reach> {
  return new Map(all.map((each) => [each.path, each]));
}

/** Lines that only one side has; two that set the same thing stand beside each other. */
export function compareLines(of: readonly string[], other: readonly string[]): readonly LineDifference[] {
  const onlyOf = missingFrom(of, other);
  const onlyOther = [...missingFrom(other, of)];
  const paired = onlyOf.map((line): LineDifference => {
    const at = onlyOther.findIndex((each) => subjectOf(each) === subjectOf(line));
    return { of: line, with: at < 0 ? null : (onlyOther.splice(at, 1)[0] ?? null) };
  });
  return [...paired, ...onlyOther.map((line) => ({ of: null, with: line }))];
}

function missingFrom(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** What a line sets: the words before its `=`, or its first word. `Environment=` is said of each variable. */
function subjectOf(line: string): string {
  const variable = /^\s*Environment="?(\w+)=/.exec(line);
  if (variable) return `Environment ${variable[1] ?? ''}`;
  return /^\s*([^=]+?)\s*=/.exec(line)?.[1] ?? /^\s*(\S+)/.exec(line)?.[1] ?? '';
}
