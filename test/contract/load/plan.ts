// The plan of a load on the counting server, where a test says nothing else: a few users who think some ms, or a rate.
import type { LoadEngine } from '../../../harness/load/engine.js';
import { engines } from '../../../harness/load/index.js';
import type { LoadModel, LoadPlan, RequestSpec } from '../../../harness/plan/load-plan.js';
import { USERS } from './cases.js';

/** Of the open model, requests a second. */
export const RATE = 50;
/** A user's way of waiting before the next try; with a server that refuses, the back-off. */
export const THINK = { kind: 'uniform', minMs: 20, maxMs: 60 } as const;

export function planFor(
  engine: LoadEngine,
  model: LoadModel,
  requests: readonly RequestSpec[],
  more: Partial<LoadPlan> = {},
): LoadPlan {
  return {
    engine: { kind: engine.name, options: engine.options.parse({}) as Readonly<Record<string, unknown>> },
    model,
    requests,
    sessions: false,
    arrivals: engine.arrivals?.[0] ?? 'poisson',
    connections: engine.connections?.[0] ?? 'kept',
    stages: [{ level: model === 'open' ? RATE : USERS, rampMs: 0 }],
    think: THINK,
    timeoutMs: 5_000,
    ...more,
  };
}

export interface EngineAndModel {
  readonly engine: LoadEngine;
  readonly name: string;
  readonly model: LoadModel;
}

/** The engines of this project; k6 is another's program, and need not be here. */
export const ownEngines: readonly EngineAndModel[] = Object.values<LoadEngine>(engines)
  .filter(({ name }) => name !== 'k6')
  .flatMap((engine) => engine.models.map((model) => ({ engine, name: engine.name, model })));
