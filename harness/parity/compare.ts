// Two environments side by side: the settings in which they differ, what follows from each, and the traps that only one of
// them is in, most dangerous first. Pure; `remuster parity` prints it.
import type { NodeSpec } from '../plan/node-spec.js';
import type { Plan } from '../plan/plan.js';
import type { Broken } from '../rules/index.js';
import { followsOf, type Describe, type Follows } from './follows.js';
import { settingDifferences, settingsOf } from './settings.js';

/** A trap, and the environment that is in it. */
export interface Trapped {
  readonly environment: string;
  readonly problem: Broken;
}

export interface Difference {
  readonly path: string;
  readonly of: string | null;
  readonly with: string | null;
  /** Why it is listed although it does not differ by itself: it is a trap on one side. */
  readonly note?: string;
  readonly traps: readonly Trapped[];
  readonly follows: readonly Follows[];
}

export interface Comparison {
  readonly of: string;
  readonly with: string;
  readonly differences: readonly Difference[];
  /** Follows from several differences together. */
  readonly together: readonly Follows[];
  /** What differs between nodes that were booted to look; absent: none were. */
  readonly live?: readonly Follows[];
  /** Traps that both are in: no difference, but no comfort either. */
  readonly inBoth: readonly Broken[];
}

export interface Side {
  readonly plan: Plan;
  readonly problems: readonly Broken[];
}

export function compare(of: Side, other: Side, describe: Describe): Comparison {
  const settings = settingDifferences(of.plan, other.plan);
  const node = (side: Side): NodeSpec => side.plan.environment.node;
  const paths = settings.map(({ path }) => path);
  const { bySetting, together } = followsOf(node(of), node(other), paths, describe);
  const trapped = [...onlyIn(of, other), ...onlyIn(other, of)];
  const blamed = trapped.map((trap) => ({ trap, path: rootOf(trap.problem.setting, paths) }));
  const trapsAt = (path: string): readonly Trapped[] =>
    blamed.filter((each) => each.path === path).map(({ trap }) => trap);
  const [left, right] = [settingsOf(of.plan), settingsOf(other.plan)];
  const same = [...new Set(blamed.map(({ path }) => path))].filter((path) => !paths.includes(path));
  const differences: readonly Difference[] = [
    ...same.map((path) => ({
      path,
      of: left.get(path) ?? null,
      with: right.get(path) ?? null,
      note: 'in both, a trap in one',
      traps: trapsAt(path),
      follows: [],
    })),
    ...settings.map((each) => ({
      ...each,
      traps: trapsAt(each.path),
      follows: withOptions(each.path, left, right, bySetting.get(each.path) ?? []),
    })),
  ];
  return {
    of: of.plan.environment.name,
    with: other.plan.environment.name,
    differences: [...differences].sort((a, b) => danger(b) - danger(a)),
    together,
    inBoth: of.problems.filter((problem) => other.problems.some((each) => isSameProblem(each, problem))),
  };
}

function onlyIn(side: Side, other: Side): readonly Trapped[] {
  return side.problems
    .filter((problem) => !other.problems.some((each) => isSameProblem(each, problem)))
    .map((problem) => ({ environment: side.plan.environment.name, problem }));
}

function isSameProblem(left: Broken, right: Broken): boolean {
  return left.rule.name === right.rule.name && left.setting === right.setting;
}

/** The differing setting that a blamed one belongs to: itself, or the plug-in whose option it is. */
function rootOf(setting: string, paths: readonly string[]): string {
  if (paths.includes(setting)) return setting;
  return paths.find((path) => setting.startsWith(`${path}.`)) ?? setting;
}

/** Another plug-in has other options: one line of them, not one difference each. */
function withOptions(
  path: string,
  left: ReadonlyMap<string, string>,
  right: ReadonlyMap<string, string>,
  follows: readonly Follows[],
): readonly Follows[] {
  const options = (settings: ReadonlyMap<string, string>): string | null =>
    [...settings]
      .filter(([key]) => key.startsWith(`${path}.`))
      // What the nodes ran before is told by what the deployment changed.
      .filter(([key, value]) => path !== 'deployedOver' || settings.get(key.slice(path.length + 1)) !== value)
      .map(([key, value]) => `${key.slice(path.length + 1)} ${value}`)
      .join(', ') || null;
  const [of, other] = [options(left), options(right)];
  return of === other ? follows : [{ path: 'its settings', of, with: other }, ...follows];
}

/** An error before a warning before a plain difference; among equals the order of the settings stays. */
export function danger({ traps }: Difference): number {
  if (traps.some(({ problem }) => problem.rule.severity === 'error')) return 2;
  return traps.length > 0 ? 1 : 0;
}
