// The interface of load engines. An engine runs in a process of its own (core/child.ts) and reports frames; it ends
// when its standard input closes.
import type { Plugin } from '../core/plugin.js';
import type { LoadPlan } from '../plan/plan.js';
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
  /** Starts the load at once. Emits 'load', 'load-frame' events with monotonic times through `observe`. */
  start(plan: LoadPlan, seed: number, target: LoadTarget, observe: Observe, signal: AbortSignal): Promise<RunningLoad>;
}
