// One environment of a run, from boot to stop: everything that happens goes into the journal, nothing is judged here.
import type { CleanupScope } from './core/scope.js';
import { waitFor, type Look } from './core/clock.js';
import { HarnessError, messageOf } from './core/errors.js';
import type { ProcessKey } from './core/identity.js';
import { conduct, type ConductorTools } from './faults/conductor.js';
import { addedTotals } from './load/added-totals.js';
import { engines } from './load/index.js';
import type { LoadEngine, RunningLoad } from './load/engine.js';
import { LiveView } from './observe/live-view.js';
import { startObservers, type Observers } from './observe/observers.js';
import { startWriter, type Writer } from './observe/writer/writer.js';
import type { LoadPlan } from './plan/load-plan.js';
import type { Plan } from './plan/plan.js';
import { postsOf } from './plan/posts.js';
import type { LoadTotals } from './record/events.js';
import type { Journal } from './record/journal.js';
import type { EnvironmentFolder } from './record/store.js';
import { UndoLedger } from './record/undo.js';
import { age } from './tier/ageing.js';
import { bootTier, type Progress, type Tier } from './tier/boot.js';
import { saveLogs } from './tier/logs.js';
import { rollOut, smokeCheck } from './tier/rollout.js';
import type { Runtime } from './tier/runtime/runtime.js';
import { versionsOf } from './tier/versions.js';
import { LiveReceipts } from './verdict/live.js';

const MUSTER_DEADLINE_MS = 15_000;
/** What is still in flight at the end may finish in this time. */
const LOAD_GRACE_MS = 3_000;

export interface EnvironmentTools {
  readonly runId: string;
  /** Key of the hashes that stand for secret values. */
  readonly runKey: string;
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly folder: EnvironmentFolder;
  readonly scope: CleanupScope;
  /** `kept` stays when the run is over; `up` is held until somebody takes it down. */
  readonly kind: 'run' | 'kept' | 'up';
  readonly progress: Progress;
}

/** A tier under load, as it is lent to whoever decides what happens to it. */
export interface LoadedTier {
  readonly tier: Tier;
  readonly live: LiveView;
  readonly receipts: LiveReceipts;
  /** Journal time. */
  readonly loadStartMs: number;
  readonly conductor: ConductorTools;
  /** Ends the load that runs and starts this one in its place. */
  changeLoad(load: LoadPlan): Promise<void>;
}

/** What happens while the load runs: the rounds of the plan, or what somebody at a terminal wants. */
export type Middle = (loaded: LoadedTier, signal: AbortSignal) => Promise<void>;

/**
 * Plays one environment. Rejects only when it could not go on; the journal then ends with the reason. `middle` is not
 * called when the muster was not whole.
 */
export async function playEnvironment(
  plan: Plan,
  tools: EnvironmentTools,
  signal: AbortSignal,
  middle: Middle = ({ loadStartMs, conductor }, abort) => conduct(plan, loadStartMs, conductor, abort),
): Promise<void> {
  const { journal, scope, runtime, runId } = tools;
  const { observe } = journal;
  const phase = async <T>(name: Parameters<typeof phaseEvent>[0], work: () => Promise<T>): Promise<T> => {
    observe(phaseEvent(name, 'started'));
    const result = await work();
    observe(phaseEvent(name, 'ended'));
    return result;
  };

  observe({
    kind: 'header',
    schemaVersion: 1,
    runId,
    scenario: plan.scenario,
    environment: plan.environment.name,
    wallMs: Date.now() - journal.nowMs(),
    versions: await versionsOf(runtime),
    atMs: journal.zeroMs,
  });
  const over = plan.environment.deployedOver;
  let tier: Tier = await phase('boot', async () => {
    const network = await runtime.createNetwork(runId, plan.environment.name, tools.kind);
    if (tools.kind !== 'kept') scope.defer('the tier', () => network.remove());
    return bootTier(plan, over?.from ?? plan.environment.node, runtime, network, tools.progress, signal);
  });
  scope.defer('the logs', () => saveLogs(tier, tools.folder.logsFolder));
  if (over) {
    const nodes = await phase('deploy', () => rollOut(tier.nodes, over, plan.environment.node, tools.progress, signal));
    tier = { ...tier, nodes, posts: nodes };
  }
  await phase('smoke', () => smokeCheck(tier.nodes, observe, signal));
  await age(plan, tier, signal);

  const live = new LiveView(journal.events, postsOf(plan));
  const receipts = new LiveReceipts(plan, journal);
  const observers = await startObservers(plan, tier, tools.runKey, observe, signal);
  scope.defer('the observers', () => observers.stop());
  await phase('muster', () => muster(plan, live, signal));
  const sick = postsOf(plan).filter(({ name }) => musterTroubles(live, name).length > 0);
  if (sick.length > 0) return; // The verdict says which claim of which node; nothing was hurt.

  await phase('load', async () => {
    const load = await startLoads(plan, tier, observe, signal);
    scope.defer('the load', () => load.stop(0));
    const loadStartMs = journal.nowMs();
    const writer = plan.writes && writerFor(plan.writes, tier, observe);
    if (writer) scope.defer('the writer', () => writer.stop());
    observe(phaseEvent('rounds', 'started'));
    const conductor = conductorTools(plan, tier, tools, live, receipts, observers, writer);
    const changeLoad = (next: LoadPlan): Promise<void> => load.change(next);
    await Promise.race([load.died, middle({ tier, live, receipts, loadStartMs, conductor, changeLoad }, signal)]);
    observe(phaseEvent('rounds', 'ended'));
    await writer?.readBack(signal);
    await load.stop(LOAD_GRACE_MS);
  });
  await phase('stop', () => observers.stop());
}

function phaseEvent(
  phase: 'boot' | 'deploy' | 'smoke' | 'muster' | 'load' | 'rounds' | 'stop',
  state: 'started' | 'ended',
) {
  return { kind: 'phase', phase, state } as const;
}

/** What the claims of the muster (3 to 6) lack on a node; only while something answers is it worth waiting for. */
function musterTroubles(live: LiveView, node: string): readonly string[] {
  return live.troubles(node, { k: 1 });
}

async function muster(plan: Plan, live: LiveView, signal: AbortSignal): Promise<void> {
  const look = (): Look<true> => {
    const found = postsOf(plan).flatMap(({ name }) =>
      live.troubles(name, { k: plan.proof.consecutive }).map((text) => `${name}: ${text}`),
    );
    return found.length === 0 ? { done: true, value: true } : { done: false, evidence: found.join('; ') };
  };
  try {
    await waitFor(look, { what: 'the muster', deadlineMs: MUSTER_DEADLINE_MS, signal });
  } catch {
    signal.throwIfAborted(); // A muster that is not whole is for the verdict to judge.
  }
}

export function engineOf({ engine }: LoadPlan): LoadEngine {
  return engines[engine.kind as keyof typeof engines];
}

interface Loads {
  /** Rejects when a generator ended that nobody had stopped. */
  readonly died: Promise<never>;
  change(next: LoadPlan): Promise<void>;
  stop(graceMs: number): Promise<void>;
}

/** The load of the plan and those that may follow it: to the journal one load, whose level changes. */
async function startLoads(plan: Plan, tier: Tier, observe: Journal['observe'], signal: AbortSignal): Promise<Loads> {
  let fail: (reason: HarnessError) => void;
  const died = new Promise<never>((_, reject) => (fail = reject));
  died.catch(() => undefined); // Its end after our stop is no news.
  let isChanging = false;
  /** Of the loads that have been changed for others. */
  let before: LoadTotals | undefined;
  const told: Journal['observe'] = (event) => {
    if (event.kind !== 'load' || event.state !== 'stopped') observe(event);
    else if (!isChanging) observe(event.totals ? { ...event, totals: addedTotals(before, event.totals) } : event);
  };
  const start = async (load: LoadPlan): Promise<RunningLoad> => {
    const target = tier.balancer.reach(tier.balancerPlugin.port);
    const running = await engineOf(load).start(load, plan.seed, target, told, signal);
    void running.died.then((why) => {
      if (!replaced.has(running)) fail(new HarnessError('internal', `the load generator ended by itself: ${why}`));
    });
    return running;
  };
  const replaced = new Set<RunningLoad>();
  let current = await start(plan.load);
  return {
    died,
    async change(next) {
      replaced.add(current);
      isChanging = true;
      before = addedTotals(before, await current.stop(LOAD_GRACE_MS));
      isChanging = false;
      current = await start(next);
    },
    async stop(graceMs) {
      replaced.add(current);
      await current.stop(graceMs);
    },
  };
}

function writerFor(writes: NonNullable<Plan['writes']>, { nodes }: Tier, observe: Journal['observe']): Writer {
  const targets = nodes.map((node) => ({ node: node.name, ...node.container.reach(node.service.port) }));
  return startWriter(targets, writes, observe);
}

function conductorTools(
  plan: Plan,
  tier: Tier,
  tools: EnvironmentTools,
  live: LiveView,
  receipts: LiveReceipts,
  observers: Observers,
  writer: Writer | undefined,
): ConductorTools {
  const { journal, folder } = tools;
  return {
    plan,
    posts: tier.posts,
    dependencies: tier.dependencies,
    app: tier.assembly.app,
    appOptions: tier.assembly.appOptions,
    live,
    receipts,
    ledger: new UndoLedger(folder.undoFile),
    observe: journal.observe,
    nowMs: () => journal.nowMs(),
    signal: (post: string, key: ProcessKey, name: string) => observers.signal(post, key, name),
    focus: (post: string, ms: number) => observers.focus(post, ms),
    atEnd: (what: string, undo: () => Promise<void>) => tools.scope.defer(what, undo),
    ...(writer
      ? { readWrites: (names: readonly string[], abort: AbortSignal) => writer.readAfterRestart(names, abort) }
      : {}),
  };
}

/** The reason why an environment ended early, for its journal. */
export function cutOf(
  error: unknown,
  signal: AbortSignal,
): {
  readonly kind: 'cut';
  readonly reason: 'interrupted' | 'terminated' | 'max-time' | 'boot-failed' | 'error';
  readonly evidence: string;
} {
  const reason: unknown = signal.aborted ? signal.reason : error;
  const evidence = messageOf(reason);
  if (!(reason instanceof HarnessError)) return { kind: 'cut', reason: 'error', evidence };
  switch (reason.code) {
    case 'interrupted':
    case 'terminated':
      return { kind: 'cut', reason: reason.code, evidence };
    case 'timed-out':
      return { kind: 'cut', reason: signal.aborted ? 'max-time' : 'error', evidence };
    case 'boot-failed':
    case 'build-failed':
      return { kind: 'cut', reason: 'boot-failed', evidence: reason.hint ? `${evidence}; ${reason.hint}` : evidence };
    default:
      return { kind: 'cut', reason: 'error', evidence };
  }
}
