// Which requests a window tells apart, from the plan alone: those with limits and the heaviest ones; the others, of a long
// list such as one taken from an access log, are counted together, so that memory does not grow with the list.
import type { Plan } from '../plan/plan.js';

const MOST_BY_WEIGHT = 20;

/** The key under which `others` are counted. */
export const OTHERS = null;

export class RequestsToldApart {
  /** In the plan's order; OTHERS last, where there are any. */
  readonly names: readonly (string | null)[];
  readonly #nameOf: readonly (string | null)[];

  constructor({ load, limits }: Plan) {
    const weights = new Map<string, number>();
    for (const { name, weight } of load.requests) weights.set(name, (weights.get(name) ?? 0) + weight);
    const heaviest = [...weights].sort((a, b) => b[1] - a[1]).slice(0, MOST_BY_WEIGHT);
    const kept = new Set([...heaviest.map(([name]) => name), ...Object.keys(limits.requests ?? {})]);
    this.#nameOf = load.requests.map(({ name }) => (kept.has(name) ? name : OTHERS));
    const names = [...weights.keys()].filter((name) => kept.has(name));
    this.names = names.length < weights.size ? [...names, OTHERS] : names;
  }

  /** undefined: none was chosen yet when it ended, or the plan has no such request. */
  nameOf(index: number): string | null | undefined {
    return this.#nameOf[index];
  }
}
