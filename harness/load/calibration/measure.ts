// One measurement: an engine at one level for a few seconds against a server of its own, judged by the limits by which runs
// are judged. Each measurement has its own server and engine process, and leaves neither behind.
import { startChild } from '../../core/child.js';
import { sleep } from '../../core/clock.js';
import { HarnessError, messageOf } from '../../core/errors.js';
import { demandPerSecond } from '../../plan/demand.js';
import type { LoadModel, LoadPlan } from '../../plan/load-plan.js';
import type { LoadTotals, ObservedEvent } from '../../record/events.js';
import { generatorLimitsBroken } from '../../verdict/generator-limits.js';
import type { LoadEngine, LoadTarget } from '../engine.js';
import type { Sample } from './search.js';

export interface StepTimes {
  readonly rampMs: number;
  readonly holdMs: number;
}

/** Users of the measurement think so long. */
export const CALIBRATION_THINK_MS = 300;
const SEED = 1;
const TIMEOUT_MS = 5_000;
const STOP_GRACE_MS = 1_000;
const SERVER_DEADLINE_MS = 10_000;
const SERVER_CLOSE_MS = 500;
/** Fewer answers per second than this part of what the level asks for: the machine was full, whoever it was. */
const LEAST_PACE = 0.9;

/** Throws `cannot-run-here` where the engine needs what this machine does not have. */
export async function measureLevel(
  engine: LoadEngine,
  model: LoadModel,
  level: number,
  times: StepTimes,
  signal: AbortSignal,
): Promise<Sample> {
  const plan = planOf(engine, model, level, times);
  await engine.ready?.(plan, signal);
  const tally = new Tally(times);
  const ended = await withServer(signal, (target) => play(engine, plan, target, times, tally, signal));
  if (typeof ended === 'string') {
    const words = `The load generator ended by itself: ${ended}.`;
    const nothing = { p50Ms: 0, p99Ms: 0, maxMs: 0 };
    return { level, perSecond: 0, lateness: nothing, cpuShare: 0, broken: [{ limit: 'died', words }] };
  }
  const { lateness, cpuShare } = ended;
  const perSecond = tally.perSecond();
  return { level, perSecond, lateness, cpuShare, broken: brokenIn(plan, level, ended, perSecond) };
}

/** Resolves with the books, or with why the engine ended before it gave any. */
async function play(
  engine: LoadEngine,
  plan: LoadPlan,
  target: LoadTarget,
  { rampMs, holdMs }: StepTimes,
  tally: Tally,
  signal: AbortSignal,
): Promise<LoadTotals | string> {
  try {
    const load = await engine.start(plan, SEED, target, (event) => tally.take(event), signal);
    const over = new AbortController();
    try {
      const died = await Promise.race([
        load.died,
        sleep(rampMs + holdMs, AbortSignal.any([signal, over.signal])).then(() => undefined),
      ]);
      if (died !== undefined) return died;
    } finally {
      over.abort(new Error('the measurement is over'));
      if (signal.aborted) await load.stop(0).catch(() => undefined);
    }
    return await load.stop(STOP_GRACE_MS);
  } catch (error) {
    signal.throwIfAborted();
    // A level that the engine cannot even begin with is too much; an engine that is not there is not a matter of levels.
    if (error instanceof HarnessError && error.code === 'internal') return messageOf(error);
    throw error;
  }
}

async function withServer<T>(signal: AbortSignal, work: (target: LoadTarget) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const server = startChild(new URL(`./server.${extension}`, import.meta.url));
  const over = new AbortController();
  try {
    const listening = new Promise<number>((resolve) =>
      server.onMessage((message) => resolve((message as { readonly port: number }).port)),
    );
    const failed = Promise.race([
      server.ended,
      sleep(SERVER_DEADLINE_MS, AbortSignal.any([signal, over.signal])).then(() => 'it does not listen'),
    ]).then((why) => {
      throw new HarnessError('internal', `the server to measure against did not start: ${why}`);
    });
    const port = await Promise.race([listening, failed]);
    failed.catch(() => undefined); // From here on its end shows in the books.
    return await work({ host: '127.0.0.1', port });
  } finally {
    over.abort(new Error('the measurement is over'));
    await server.close(SERVER_CLOSE_MS);
  }
}

function planOf(engine: LoadEngine, model: LoadModel, level: number, { rampMs }: StepTimes): LoadPlan {
  return {
    engine: { kind: engine.name, options: engine.options.parse({}) as Readonly<Record<string, unknown>> },
    model,
    requests: [{ name: 'calibration', method: 'GET', path: '/', headers: {}, weight: 1 }],
    stages: [{ level, rampMs }],
    think: { kind: 'constant', ms: CALIBRATION_THINK_MS },
    sessions: false,
    arrivals: engine.arrivals?.[0] ?? 'poisson',
    connections: engine.connections?.[0] ?? 'kept',
    timeoutMs: TIMEOUT_MS,
  };
}

function brokenIn(plan: LoadPlan, level: number, totals: LoadTotals, perSecond: number): Sample['broken'] {
  const broken: Sample['broken'][number][] = [...generatorLimitsBroken(plan, totals)];
  const failed = Object.entries(totals.failed);
  const wanted = demandPerSecond(plan.model, level, plan.think);
  if (totals.unsent > 0) broken.push({ limit: 'unsent', words: `${totals.unsent} requests were not sent.` });
  if (failed.length > 0) {
    const kinds = failed.map(([kind, count]) => `${count} ${kind}`).join(', ');
    broken.push({ limit: 'failed', words: `Requests failed on a server that was well: ${kinds}.` });
  }
  if (perSecond < wanted * LEAST_PACE) {
    const words = `${Math.round(perSecond)} answers per second came of ${Math.round(wanted)}: the machine was full.`;
    broken.push({ limit: 'pace', words });
  }
  return broken;
}

/** Answers while the level was held, from the frames. */
class Tally {
  readonly #times: StepTimes;
  #startMs: number | undefined;
  #answered = 0;

  constructor(times: StepTimes) {
    this.#times = times;
  }

  take(event: ObservedEvent): void {
    if (event.kind === 'load' && event.state === 'started') this.#startMs = event.atMs;
    if (event.kind !== 'load-frame' || this.#startMs === undefined || event.atMs === undefined) return;
    const sinceHeldMs = event.atMs - this.#startMs - this.#times.rampMs;
    if (sinceHeldMs >= 0 && sinceHeldMs < this.#times.holdMs) this.#answered += event.answered;
  }

  perSecond(): number {
    return (this.#answered * 1000) / this.#times.holdMs;
  }
}
