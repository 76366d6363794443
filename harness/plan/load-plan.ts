// What the users of a tier do, and what a right answer is. Part of the plan.
import type { PluginChoice } from './plugin-choice.js';

export interface RequestSpec {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly weight: number;
  /** What a right answer is; absent: a status below 400. */
  readonly answer?: RightAnswer;
}

/** Everything that is named must hold, else the answer is wrong, whatever its status says. */
export interface RightAnswer {
  readonly status?: readonly number[];
  /** Header name (lower case) -> text that its value must contain. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyContains?: string;
  /** Keys from the root of the JSON body, joined by dots (`cart.items.0.id`) -> the value there. */
  readonly json?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Writes to each node, whose acknowledgement is a promise: `{id}` in a path or a body stands for the number of one. */
export interface WritesPlan {
  readonly everyMs: number;
  readonly write: WriteRequest;
  /** Its answer has the ids of what is kept; with `{id}` in its path, of that one. */
  readonly read: ReadRequest;
}

export interface ReadRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface WriteRequest extends ReadRequest {
  readonly method: string;
  readonly body: string;
}

/** `closed`: users who wait for an answer, then think. `open`: requests arrive at a rate, answered or not. */
export type LoadModel = 'closed' | 'open';

/** A part of the load profile; the level changes linearly over `rampMs` and then stays. `forMs` absent: held to the end. */
export interface LoadStage {
  /** Users of a closed model, requests per second of an open one. */
  readonly level: number;
  readonly rampMs: number;
  readonly forMs?: number;
}

export type Think =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'exponential'; readonly meanMs: number };

export interface LoadPlan {
  readonly engine: PluginChoice;
  readonly model: LoadModel;
  readonly requests: readonly RequestSpec[];
  readonly stages: readonly LoadStage[];
  /** Closed model only. */
  readonly think: Think;
  /** Closed model: each user keeps the cookies that it was given, and sends them. */
  readonly sessions: boolean;
  /** Open model: spaced evenly, or as independent arrivals are. Each by seed. */
  readonly arrivals: 'even' | 'poisson';
  /** Open model: connections are used again while they live, or each request opens its own. */
  readonly connections: 'kept' | 'fresh';
  readonly timeoutMs: number;
}
