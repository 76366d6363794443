// The orchestrator of a soak: each environment in turn is booted once and soaked for its part of the time; what was stopped
// or broke off before is taken up where it was. Judged and reported like a run, from its journals alone.
import type { Middle } from '../environment.js';
import { engineOf } from '../environment.js';
import { HarnessError } from '../core/errors.js';
import { conductSoak } from '../faults/soak-conductor.js';
import { watchSelf } from '../observe/self.js';
import { Stocktaker } from '../observe/stock.js';
import { planHash } from '../plan/hash.js';
import type { Plan } from '../plan/plan.js';
import { newRunId } from '../record/run-id.js';
import { openRun, RunFolder, type RunMeta } from '../record/store.js';
import { writeReports } from '../report/index.js';
import { playOne, type RunOptions } from '../run.js';
import { formatOwner, ownOwner } from '../tier/runtime/owner.js';
import { leftBehindBy, sweepDead } from '../tier/sweep.js';
import { judgeEnvironment } from '../verdict/judge.js';
import type { RunResult } from '../verdict/model.js';
import { judgeSoak } from './judge-soak.js';
import { playedOf } from './played.js';
import { reportNowAndThen } from './report-meanwhile.js';
import { NOTHING_BEFORE, segmentPlan, type Before, type SoakExtent } from './segment-plan.js';
import { saveSoak, type SoakState } from './state.js';

export interface SoakOptions extends RunOptions {
  /** Of each environment. */
  readonly extent: SoakExtent;
  /** The soak that is taken up again. */
  readonly resumed?: { readonly runId: string; readonly state: SoakState };
}

/** An abort ends it in order, judged as interrupted; it can be taken up again. */
export async function soak(
  plans: readonly [Plan, ...Plan[]],
  options: SoakOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  const { runtime, live, resumed, extent, out } = options;
  for (const { load } of plans) await engineOf(load).ready?.(load, signal);
  refuseEmpty(plans, options);
  await sweepDead(runtime, live.progress.bind(live), out);
  const runId = resumed?.runId ?? newRunId(plans[0].scenario);
  const folder = resumed ? RunFolder.of(out, runId) : RunFolder.create(out, runId);
  let meta: RunMeta = resumed ? openRun(folder.path).meta : metaOf(runId, plans[0], options);
  let state: SoakState = {
    ...(resumed?.state ?? stateOf(plans, extent)),
    owner: formatOwner(ownOwner()),
    isFinished: false,
  };
  const save = (): void => {
    folder.saveMeta(meta);
    saveSoak(folder.path, state);
  };
  save();
  const stopReports = reportNowAndThen(folder.path);
  for (const [index, plan] of plans.entries()) {
    if (signal.aborted) break;
    const segment = segmentPlan(plan, extent, await beforeOf(plan.environment.name, folder.path, state));
    if (!segment) continue;
    const { name } = segment.environment;
    meta = { ...meta, environments: [...meta.environments, name] };
    const startedAt = new Date().toISOString();
    state = { ...state, segments: [...state.segments, { environment: plan.environment.name, name, startedAt }] };
    save();
    live.environmentStarted(segment, index, plans.length);
    const played = await playOne(segment, runId, folder, options, signal, soakingOf(segment));
    meta = {
      ...meta,
      unwritable: meta.unwritable ?? played.unwritable,
      leftBehind: [...meta.leftBehind, ...played.notUndone],
    };
    const endedAt = new Date().toISOString();
    state = { ...state, segments: state.segments.map((each) => (each.name === name ? { ...each, endedAt } : each)) };
    save();
    const stored = openRun(folder.path).environments.find((each) => each.name === name);
    if (stored) live.environmentEnded(await judgeEnvironment(stored.plan, stored.events()));
  }
  await stopReports();
  meta = { ...meta, leftBehind: [...meta.leftBehind, ...(await leftBehindBy(runtime, runId))] };
  state = { ...withoutOwner(state), isFinished: !signal.aborted };
  save();
  const stored = openRun(folder.path);
  const result = await judgeSoak(stored, state);
  const artifacts = await writeReports(
    result,
    stored.environments.map((environment) => environment.plan),
    folder.path,
    options.env,
  );
  folder.publish({ runId, scenario: meta.scenario, verdict: result.verdict, exitCode: result.exitCode });
  return { ...result, artifacts };
}

function metaOf(
  runId: string,
  { scenario, file, loadFile, seed }: Plan,
  { isSelection, release }: Pick<SoakOptions, 'isSelection' | 'release'>,
): RunMeta {
  return {
    schemaVersion: 1,
    runId,
    scenario,
    file,
    ...(loadFile === undefined ? {} : { loadFile }),
    ...(isSelection ? { isSelection: true } : {}),
    ...(release === undefined ? {} : { release }),
    seed,
    startedAt: new Date().toISOString(),
    environments: [],
    leftBehind: [],
    unwritable: null,
  };
}

/** Nobody plays it any more. */
function withoutOwner(state: SoakState): SoakState {
  const { extent, file, seed, environments, segments, isFinished } = state;
  return { schemaVersion: 1, extent, file, seed, environments, segments, isFinished };
}

function stateOf(plans: readonly [Plan, ...Plan[]], extent: SoakExtent): SoakState {
  return {
    schemaVersion: 1,
    extent,
    file: plans[0].file,
    seed: plans[0].seed,
    environments: Object.fromEntries(plans.map((plan) => [plan.environment.name, planHash(plan)])),
    segments: [],
    isFinished: false,
  };
}

/** A soak in which nothing would happen is a mistake, and is told before anything boots. */
function refuseEmpty(plans: readonly Plan[], { extent, resumed }: SoakOptions): void {
  if (resumed) return;
  for (const plan of plans) {
    const segment = segmentPlan(plan, extent, NOTHING_BEFORE);
    if (segment && segment.rounds.length > 0) continue;
    throw new HarnessError('usage', `no round fits into the time of ${plan.environment.name}`, {
      hint: 'give it more time with --for (it is shared by all environments), a number of --rounds, or rounds that come sooner: soak.every',
    });
  }
}

/** What the parts before this one have played of an environment. */
async function beforeOf(environment: string, folder: string, { segments }: SoakState): Promise<Before> {
  const own = segments.filter((segment) => segment.environment === environment);
  let before: Before = { ...NOTHING_BEFORE, segments: own.length };
  if (own.length === 0) return before;
  for (const stored of openRun(folder).environments) {
    if (!own.some(({ name }) => name === stored.name)) continue;
    const { round, playedMs } = await playedOf(stored.events());
    before = { ...before, round: Math.max(before.round, round), playedMs: before.playedMs + playedMs };
  }
  return before;
}

/** What happens between the start of the load and its end. */
function soakingOf(plan: Plan): Middle {
  return async ({ tier, live, loadStartMs, conductor }, signal) => {
    const stocktaker = new Stocktaker();
    const takeStock = async (): Promise<void> => {
      await Promise.all(
        tier.posts.map((node) => {
          const living = (live.census(node.name)?.processes ?? []).filter(({ zombie }) => !zombie);
          const pids = ['master', 'worker'].flatMap((role) => living.filter((each) => each.role === role));
          return stocktaker.take(
            node,
            pids.map(({ pid }) => pid),
            conductor.observe,
          );
        }),
      );
    };
    const stopWatching = watchSelf(conductor.observe);
    try {
      await conductSoak(plan, loadStartMs, { ...conductor, takeStock }, signal);
    } finally {
      stopWatching();
    }
  };
}
