// The interface of load engines. An engine runs in a process of its own (core/child.ts) and reports frames; it ends
// when its standard input closes.
import type { Plugin } from '../core/plugin.js';
import type { LoadPlan } from '../plan/load-plan.js';
import type { LoadTotals, Observe } from '../record/events.js';

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
}

export interface RunningLoad {
  /** Stops offering, waits up to `graceMs` for what is in flight, and resolves with the books. */
  stop(graceMs: number): Promise<LoadTotals>;
  /** Resolves when the engine's process ended by itself before it was stopped; the text says why. */
  readonly died: Promise<string>;
}

export interface LoadEngine<O = unknown> extends Plugin<O> {
  readonly models: readonly ('closed' | 'open')[];
  /** Names of options that are files; a scenario gives their paths from its own folder. */
  readonly files?: readonly string[];
  /** How it can space the arrivals of a rate, first what it does where the scenario is silent; absent: poisson, even. */
  readonly arrivals?: readonly LoadPlan['arrivals'][];
  /** The same for connections; where it is named, it is for users too. Absent: kept, fresh, for a rate only. */
  readonly connections?: readonly LoadPlan['connections'][];
  /** What it needs of this machine, looked at before anything boots. Throws `cannot-run-here` or `invalid`. */
  ready?(plan: LoadPlan, signal: AbortSignal): Promise<void>;
  /** Starts the load at once. Emits 'load', 'load-frame' events with monotonic times through `observe`. */
  start(plan: LoadPlan, seed: number, target: LoadTarget, observe: Observe, signal: AbortSignal): Promise<RunningLoad>;
}
