// The engines of this project as generators under comparison: what a run's journal would have of them.
import type { BookedFrame } from '../../harness/load/books.js';
import type { LoadEngine } from '../../harness/load/engine.js';
import { engines } from '../../harness/load/index.js';
import { startSentinel } from '../../harness/observe/sentinel/sentinel.js';
import type { LoadModel, LoadPlan } from '../../harness/plan/load-plan.js';
import type { LoadTotals, ObservedEvent } from '../../harness/record/events.js';
import { LatencyHistogram } from '../../harness/record/histogram.js';
import { cases, USERS } from '../../test/contract/load/cases.js';
import type { Account, Generator } from './generator.js';

const RATE = 100;
const SENTINEL_RATE = 50;
const GRACE_MS = 5_000;
const THINK = { kind: 'uniform', minMs: 20, maxMs: 60 } as const;

export const guardedAutocannon = generatorOf('autocannon', 'closed', 'kept');
export const open = generatorOf('open', 'open', 'kept');
export const k6 = generatorOf('k6', 'closed', 'fresh');

function generatorOf(name: keyof typeof engines, model: LoadModel, connections: LoadPlan['connections']): Generator {
  const engine: LoadEngine = engines[name];
  const level = model === 'open' ? `${RATE} requests/s` : `${USERS} users who think 20 to 60 ms`;
  return {
    name: `remuster ${name}`,
    how: `${level}, connections ${connections}; its totals and frames of 100 ms`,
    async start({ requests, timeoutMs }, target, signal) {
      const frames: BookedFrame[] = [];
      const plan: LoadPlan = {
        engine: { kind: name, options: engine.options.parse({}) as LoadPlan['engine']['options'] },
        model,
        requests,
        sessions: false,
        arrivals: engine.arrivals?.[0] ?? 'poisson',
        connections,
        stages: [{ level: model === 'open' ? RATE : USERS, rampMs: 0 }],
        think: THINK,
        timeoutMs,
      };
      const take = (event: ObservedEvent): void => {
        if (event.kind === 'load-frame') frames.push(event as BookedFrame);
      };
      const load = await engine.start(plan, 1, target, take, signal);
      return { stop: async () => accountOf(await load.stop(GRACE_MS), frames) };
    },
  };
}

function accountOf(
  { offered, answered, failed, unsent, inFlight, balance }: LoadTotals,
  frames: readonly BookedFrame[],
): Account {
  const latency = new LatencyHistogram();
  for (const frame of frames) latency.addAll(frame.latency);
  const p99Ms = latency.percentile(0.99);
  const failing = frames.filter((frame) => Object.keys(frame.failed).length > 0);
  const answering = frames.filter((frame) => frame.answered > 0);
  return {
    ...{ offered, answered, failed, unsent, inFlight, unknown: balance },
    ...(p99Ms === undefined ? {} : { p99Ms }),
    seen: { failuresMs: failing.map(timeOf), goodMs: answering.map(timeOf) },
  };
}

function timeOf({ atMs }: BookedFrame): number {
  return atMs;
}

/** Alone here, so that the server's log is of its requests only; in a run it stands beside an engine. */
export const sentinel: Generator = {
  name: 'remuster sentinel',
  how: `${SENTINEL_RATE} requests/s, each on a connection of its own; only the edges of an outage`,
  plays: (outage) => [cases.killed, cases.refused, cases.frozen].some(({ title }) => title === outage.title),
  start(_, target) {
    const failuresMs: number[] = [];
    const goodMs: number[] = [];
    const watching = startSentinel(target, { path: '/ok', nodes: 1, rate: SENTINEL_RATE }, (event) => {
      if (event.kind !== 'sentinel' || event.atMs === undefined) return;
      (event.state === 'failing' ? failuresMs : goodMs).push(event.atMs);
    });
    return Promise.resolve({
      async stop() {
        await watching.stop();
        return { seen: { failuresMs, goodMs } };
      },
    });
  },
};
