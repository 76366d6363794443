// Two runs against each other: what was changed, then what came of it, noise told apart. Each figure is compared within its
// strata (the same fault, the same kind of window), by a rank test that is corrected for the number of figures; what is
// certain and too small to matter is no difference. Pure.
import { brokenClaimsOf } from '../verdict/evidence.js';
import type { EnvironmentResult, RunResult } from '../verdict/model.js';
import type { Plan, VerdictWord } from '../plan/plan.js';
import { median } from '../verdict/drift/trend.js';
import { planChanges, versionChanges, type Change } from './plan-changes.js';
import { holm, rankTest } from './rank-test.js';
import { figuresOf, type Figure, type FigureKind, type Sample } from './samples.js';

/** One side: a run, its plans, and the versions of each environment's parts. */
export interface Side {
  readonly result: RunResult;
  readonly plans: readonly Plan[];
  readonly versions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface FigureChange {
  readonly kind: FigureKind;
  readonly name: string;
  readonly state: 'worse' | 'better' | 'same' | 'not-enough-data';
  /** Medians, in the figure's unit: ms, a share, or answers a second. */
  readonly from: number;
  readonly to: number;
  /** Median of all differences (Hodges and Lehmann). */
  readonly shift: number;
  /** Cliff's delta. */
  readonly delta: number;
  /** After Holm's correction; 1 without enough data. */
  readonly p: number;
  readonly samples: readonly [number, number];
}

export interface EnvironmentChange {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly verdict: { readonly from: string; readonly to: string };
  /** Claims and checks that are broken now and were not before. */
  readonly newlyBroken: readonly string[];
  readonly noLongerBroken: readonly string[];
  /** Worse first, the largest shift first within the same state. */
  readonly figures: readonly FigureChange[];
  readonly state: 'worse' | 'better' | 'same' | 'not-enough-data';
}

export interface RunComparison {
  readonly from: string;
  readonly to: string;
  readonly environments: readonly EnvironmentChange[];
  /** What cannot be compared, and why. */
  readonly notComparable: readonly string[];
  readonly state: 'worse' | 'better' | 'same' | 'not-enough-data';
}

export interface Tolerance {
  /** Share of what it was by which a figure may be worse. */
  readonly share: number;
  /** Longer recovery than this, ms. */
  readonly recoveryMs: number;
}

/**
 * Two runs of the same thing on a quiet machine of two cores differed by up to 62 ms in the median of a step: all restarts of
 * a run share its moment, which no test between two runs can tell from a change.
 */
export const TOLERATED: Tolerance = { share: 0.1, recoveryMs: 100 };

/** A difference of the wrong kind in so many of a hundred comparisons of two runs that are alike. */
const ALPHA = 0.05;
/** Less than this matters to nobody, however certain: ms, share of requests, answers a second. */
const LEAST: Readonly<Record<Exclude<FigureKind, 'step' | 'recovery'>, number>> = {
  ...{ latency: 5, 'failed-share': 0.01, throughput: 1 },
};
/** Latencies and counts wander by the hour more than recoveries do. */
const WANDERS: Readonly<Record<FigureKind, number>> = {
  ...{ step: 1, recovery: 1, latency: 2 },
  ...{ 'failed-share': 0, throughput: 1 },
};
const STATES = ['worse', 'better', 'not-enough-data', 'same'] as const;

export function compareRuns(from: Side, to: Side, tolerance: Tolerance): RunComparison {
  const [before, after] = [byName(from), byName(to)];
  const both = [...after.keys()].filter((name) => before.has(name));
  const environments = both.map((name) => compareEnvironment(name, before.get(name)!, after.get(name)!, tolerance));
  const notComparable = [
    ...(from.result.scenario === to.result.scenario
      ? []
      : [`they are runs of different scenarios: ${from.result.scenario} and ${to.result.scenario}`]),
    ...only(before, after).map((name) => `${name}: only in ${from.result.runId}`),
    ...only(after, before).map((name) => `${name}: only in ${to.result.runId}`),
  ];
  return {
    ...{ from: from.result.runId, to: to.result.runId, environments, notComparable },
    state: worstOf(environments.map(({ state }) => state)),
  };
}

/** An environment with all its parts, if it is one of a soak. */
interface Whole {
  readonly parts: readonly EnvironmentResult[];
  readonly plan: Plan | undefined;
  readonly versions: Readonly<Record<string, string>>;
}

function byName({ result, plans, versions }: Side): ReadonlyMap<string, Whole> {
  const wholes = new Map<string, Whole>();
  for (const part of result.environments) {
    const plan = plans.find(({ environment }) => environment.name === part.name);
    // The nth part of an environment of a soak is called after it: production.2.
    const name = plan?.segment && plan.segment.nth > 1 ? part.name.replace(/\.\d+$/, '') : part.name;
    const known = wholes.get(name) ?? { parts: [], plan, versions: versions[part.name] ?? {} };
    wholes.set(name, { ...known, parts: [...known.parts, part] });
  }
  return wholes;
}

function only(of: ReadonlyMap<string, unknown>, than: ReadonlyMap<string, unknown>): readonly string[] {
  return [...of.keys()].filter((name) => !than.has(name));
}

function compareEnvironment(name: string, from: Whole, to: Whole, tolerance: Tolerance): EnvironmentChange {
  const [broken, isBroken] = [brokenIn(from.parts), brokenIn(to.parts)];
  const newlyBroken = isBroken.filter((each) => !broken.includes(each));
  const noLongerBroken = broken.filter((each) => !isBroken.includes(each));
  const figures = compareFigures(figuresOf(from.parts), figuresOf(to.parts), tolerance);
  const verdict = { from: verdictOf(from.parts), to: verdictOf(to.parts) };
  const isWorse = newlyBroken.length > 0 || (verdict.from === 'pass' && verdict.to === 'fail');
  const isBetter = noLongerBroken.length > 0 || (verdict.from === 'fail' && verdict.to === 'pass');
  return {
    ...{ name, verdict, newlyBroken, noLongerBroken, figures },
    changes: [
      ...(from.plan && to.plan ? planChanges(from.plan, to.plan) : []),
      ...versionChanges(from.versions, to.versions),
    ],
    state: isWorse
      ? 'worse'
      : worstOf([...(isBetter ? (['better'] as const) : []), ...figures.map(({ state }) => state)]),
  };
}

function verdictOf(parts: readonly EnvironmentResult[]): VerdictWord {
  const words = parts.map(({ verdict }) => verdict);
  return words.find((word) => word === 'fail') ?? words.find((word) => word === 'inconclusive') ?? 'pass';
}

function brokenIn(parts: readonly EnvironmentResult[]): readonly string[] {
  const claims = parts.flatMap(({ receipts }) => receipts.flatMap(brokenClaimsOf));
  const checks = parts.flatMap(({ findings }) =>
    findings.filter(({ severity }) => severity === 'fail').map(({ check }) => check),
  );
  return [...new Set<string>([...claims, ...checks])].sort();
}

/** Worse before better; not enough data only where nothing can be said at all. */
function worstOf(states: readonly EnvironmentChange['state'][]): EnvironmentChange['state'] {
  if (states.length === 0 || states.every((state) => state === 'not-enough-data')) return 'not-enough-data';
  return states.find((state) => state === 'worse') ?? states.find((state) => state === 'better') ?? 'same';
}

function compareFigures(from: readonly Figure[], to: readonly Figure[], tolerance: Tolerance): readonly FigureChange[] {
  const pairs = to.flatMap((after) => {
    const before = from.find(({ kind, name }) => kind === after.kind && name === after.name);
    const aligned = before && alignedOf(before.samples, after.samples);
    if (!before || !aligned || aligned.a.length === 0) return [];
    return [
      { before, after, test: rankTest(aligned.a, aligned.b), sizes: [aligned.a.length, aligned.b.length] as const },
    ];
  });
  // Those that could never be certain do not make the others less so.
  const able = pairs.filter(({ test }) => test.leastP * pairs.length <= ALPHA);
  const adjusted = holm(able.map(({ test }) => test.p));
  const changes = pairs.map(({ before, after, test, sizes }): FigureChange => {
    const at = able.findIndex((each) => each.test === test);
    const p = at < 0 ? 1 : adjusted[at]!;
    const [was, is] = [middle(before), middle(after)];
    const state = at < 0 ? 'not-enough-data' : stateOf(after.kind, p, test.shift, was, tolerance);
    return {
      ...{ kind: after.kind, name: after.name, state, from: was, to: is },
      ...{ shift: test.shift, delta: test.delta, p, samples: sizes },
    };
  });
  return changes.sort(
    (x, y) =>
      STATES.indexOf(x.state) - STATES.indexOf(y.state) ||
      KINDS.indexOf(x.kind) - KINDS.indexOf(y.kind) ||
      Math.abs(y.shift) - Math.abs(x.shift),
  );
}

/** A step says where the time went: it comes before the whole that is longer because of it. */
const KINDS: readonly FigureKind[] = ['step', 'recovery', 'failed-share', 'latency', 'throughput'];

function stateOf(
  kind: FigureKind,
  p: number,
  shift: number,
  was: number,
  { share, recoveryMs }: Tolerance,
): FigureChange['state'] {
  const floor = kind === 'step' || kind === 'recovery' ? recoveryMs : LEAST[kind];
  const least = Math.max(floor, Math.abs(was) * share * WANDERS[kind]);
  if (p > ALPHA || Math.abs(shift) <= least) return 'same';
  const isMore = shift > 0;
  return isMore === (kind !== 'throughput') ? 'worse' : 'better';
}

function middle({ samples }: Figure): number {
  return median(samples.map(({ value }) => value));
}

/** Strata are laid over each other at their middles; one that only one run has says nothing of a difference. */
function alignedOf(
  a: readonly Sample[],
  b: readonly Sample[],
): { readonly a: readonly number[]; readonly b: readonly number[] } {
  const strata = new Set(a.map(({ stratum }) => stratum).filter((name) => b.some(({ stratum }) => stratum === name)));
  const middles = new Map(
    [...strata].map((name) => [
      name,
      median([...a, ...b].filter(({ stratum }) => stratum === name).map(({ value }) => value)),
    ]),
  );
  const less = (samples: readonly Sample[]): readonly number[] =>
    samples.flatMap(({ stratum, value }) => {
      const at = middles.get(stratum);
      return at === undefined ? [] : [value - at];
    });
  return { a: less(a), b: less(b) };
}
