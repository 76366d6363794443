// The orchestrator: the only file that knows the whole order. scenario -> plan is done by the caller; here
// plan -> tier -> load + faults -> observe -> record -> verdict -> report, one environment after another.
import { randomBytes } from 'node:crypto';
import { cutOf, engineOf, playEnvironment, type Middle } from './environment.js';
import { HarnessError, messageOf } from './core/errors.js';
import { runInTime } from './core/priority.js';
import { CleanupScope } from './core/scope.js';
import { formatMs } from './core/units.js';
import type { Plan } from './plan/plan.js';
import { redactPlan } from './plan/redact.js';
import { Journal } from './record/journal.js';
import { openRun, RunFolder, type RunMeta } from './record/store.js';
import { newRunId } from './record/run-id.js';
import { writeReports } from './report/index.js';
import type { LiveReporter } from './report/live/index.js';
import type { Runtime } from './tier/runtime/runtime.js';
import { leftBehindBy, sweepDead } from './tier/sweep.js';
import { judgeEnvironment, judgeRun } from './verdict/judge.js';
import type { EnvironmentResult, RunResult } from './verdict/model.js';

export interface RunOptions {
  readonly runtime: Runtime;
  /** Folder of all runs. */
  readonly out: string;
  /** Leaves the containers running. */
  readonly keep: boolean;
  /** The plans are not all that the scenario has. */
  readonly isSelection?: boolean;
  readonly release?: string;
  readonly live: LiveReporter;
  /** Environment variables of the program: where reports may also go. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Plays, judges and reports all plans of one scenario and seed. An abort ends it early, judged as interrupted. */
export async function run(
  plans: readonly [Plan, ...Plan[]],
  options: RunOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  const { runtime, live } = options;
  for (const { load } of plans) await engineOf(load).ready?.(load, signal);
  await sweepDead(runtime, live.progress.bind(live), options.out);
  const { scenario, file, loadFile, seed } = plans[0];
  const runId = newRunId(scenario);
  const folder = RunFolder.create(options.out, runId);
  let meta: RunMeta = {
    schemaVersion: 1,
    runId,
    scenario,
    file,
    ...(loadFile === undefined ? {} : { loadFile }),
    ...(options.isSelection ? { isSelection: true } : {}),
    ...(options.release === undefined ? {} : { release: options.release }),
    seed,
    startedAt: new Date().toISOString(),
    environments: plans.map((plan) => plan.environment.name),
    leftBehind: [],
    unwritable: null,
  };
  folder.saveMeta(meta);
  const environments: EnvironmentResult[] = [];
  for (const [index, plan] of plans.entries()) {
    if (signal.aborted) break;
    live.environmentStarted(plan, index, plans.length);
    const played = await playOne(plan, runId, folder, options, signal);
    meta = {
      ...meta,
      unwritable: meta.unwritable ?? played.unwritable,
      leftBehind: [...meta.leftBehind, ...played.notUndone],
    };
    const stored = openRun(folder.path).environments.at(-1)!;
    const judged = await judgeEnvironment(stored.plan, stored.events());
    environments.push(judged);
    live.environmentEnded(judged);
  }
  const left = options.keep ? [] : await leftBehindBy(runtime, runId);
  meta = { ...meta, leftBehind: [...meta.leftBehind, ...left] };
  folder.saveMeta(meta);
  const result = judgeRun(meta, environments);
  const artifacts = await writeReports(result, plans, folder.path, options.env);
  folder.publish({ runId, scenario, verdict: result.verdict, exitCode: result.exitCode });
  return { ...result, artifacts };
}

/** Boots, plays and takes down one environment; returns what could not be written or undone. `middle`: in the place of the rounds. */
export async function playOne(
  plan: Plan,
  runId: string,
  folder: RunFolder,
  options: RunOptions,
  signal: AbortSignal,
  middle?: Middle,
): Promise<{ readonly unwritable: string | null; readonly notUndone: readonly string[] }> {
  const runKey = randomBytes(16).toString('hex'); // Kept nowhere: a stored hash tells equal from different, and nothing else.
  const environment = folder.environment(redactPlan(plan, runKey));
  const journal = new Journal(environment.journalFile);
  const scope = new CleanupScope();
  const stopLive = journal.events.on((event) => options.live.event(event));
  const time = new AbortController();
  const timer = setTimeout(
    () => time.abort(new HarnessError('timed-out', `longer than maxTime (${formatMs(plan.maxTimeMs)})`)),
    plan.maxTimeMs,
  );
  const limited = AbortSignal.any([signal, time.signal]);
  const asBefore = runInTime();
  try {
    await playEnvironment(
      plan,
      {
        runId,
        runKey,
        runtime: options.runtime,
        journal,
        folder: environment,
        scope,
        kind: options.keep ? 'kept' : 'run',
        progress: options.live.progress.bind(options.live),
      },
      limited,
      middle,
    );
  } catch (error) {
    journal.observe(cutOf(error, limited));
    if (process.env['REMUSTER_DEBUG'])
      options.live.progress(error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error));
  }
  clearTimeout(timer);
  asBefore();
  const notUndone = await scope.close();
  journal.observe({ kind: 'end' });
  journal.close();
  stopLive();
  if (journal.failure !== undefined)
    options.live.progress(`the journal could not be written whole, so this is no proof: ${journal.failure}`);
  return { unwritable: journal.failure ?? null, notUndone };
}
