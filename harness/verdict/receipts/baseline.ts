// What each node carried before anything happened: shares of the tier's good answers, against which later ones compare.
import type { TrafficEvent } from '../../record/events.js';

export class Baseline {
  readonly #byNode = new Map<string, number>();
  #tier = 0;

  take(event: TrafficEvent): void {
    for (const { node, outcome, count } of event.cells) {
      if (outcome !== 'ok' || node === null) continue;
      this.#tier += count;
      this.#byNode.set(node, (this.#byNode.get(node) ?? 0) + count);
    }
  }

  /** A node's share; undefined when fewer requests than `least` were seen, or none of the node. */
  share(node: string, least: number): number | undefined {
    const own = this.#byNode.get(node) ?? 0;
    return this.#tier < least || own === 0 ? undefined : own / this.#tier;
  }
}
