// The level of the load where it stands still: throughput may be compared only with what was answered at the same level.
import { stageTimes } from '../plan/load-profile.js';
import type { LoadStage } from '../plan/load-plan.js';

/** Users that have just begun do not ask at once. */
const SETTLES_MS = 1_000;

/** Asked for times that only grow. */
export class SteadyLevel {
  readonly #times: ReturnType<typeof stageTimes>;
  #index = 0;

  constructor(stages: readonly LoadStage[]) {
    this.#times = stageTimes(stages);
  }

  /** undefined: it changed in that time, or shortly before. */
  of(fromMs: number, toMs: number): number | undefined {
    while (this.#index < this.#times.length - 1 && (this.#times[this.#index]?.endMs ?? 0) <= fromMs) this.#index += 1;
    const stage = this.#times[this.#index];
    if (!stage || fromMs < stage.startMs || toMs > stage.endMs) return undefined;
    const isSame = stage.level === stage.fromLevel && this.#index > 0;
    return isSame || fromMs >= stage.reachedMs + SETTLES_MS ? stage.level : undefined;
  }
}
