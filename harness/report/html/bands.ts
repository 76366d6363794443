// Bands over all lanes, from the journal: rounds, faults from the order to their healing, outages as the sentinel saw them.
// Windows and the restarts that nobody ordered are known to the verdict only, and come from there.
import type { FaultEvent, JournalEvent } from '../../record/events.js';
import { tenth } from '../../verdict/receipts/closing.js';
import type { Band } from './data.js';

/** A fault without an undo is a moment; it is drawn until its proof, and never thinner than this. */
const LEAST_MS = 200;

interface OpenBand {
  readonly fromMs: number;
  toMs: number | undefined;
  readonly node: string | null;
  words: string;
  readonly kind: Band['kind'];
}

export class BandsOverTime {
  readonly #bands: OpenBand[] = [];
  readonly #faults = new Map<string, OpenBand>();
  readonly #rounds = new Map<string, OpenBand>();
  #outage: OpenBand | undefined;

  step(event: JournalEvent): void {
    const { atMs } = event;
    switch (event.kind) {
      case 'fault':
        this.#fault(event);
        return;
      case 'round': {
        const id = `${event.round}.${event.step}`;
        if (event.state === 'started')
          this.#rounds.set(id, this.#begin('round', atMs, null, `round ${event.round}: ${event.evidence ?? ''}`));
        else {
          const open = this.#rounds.get(id) ?? this.#begin('round', atMs, null, `round ${event.round} ${event.state}`);
          open.toMs = atMs;
        }
        return;
      }
      case 'sentinel':
        if (event.state === 'failing')
          this.#outage ??= this.#begin('outage', atMs, null, `nobody gets in (${event.evidence})`);
        else if (this.#outage) {
          this.#outage.toMs = atMs;
          this.#outage = undefined;
        }
        return;
      default:
        return;
    }
  }

  #begin(kind: Band['kind'], fromMs: number, node: string | null, words: string): OpenBand {
    const band: OpenBand = { kind, fromMs, toMs: undefined, node, words };
    this.#bands.push(band);
    return band;
  }

  #fault({ id, atMs, node, fault, state, evidence, undoneAfterMs }: FaultEvent): void {
    const open = this.#faults.get(id);
    switch (state) {
      case 'sent':
        this.#faults.set(id, this.#begin('fault', atMs, node, `${fault}: ${evidence}`));
        return;
      case 'again':
      case 'landed':
        if (!open) return;
        open.words = `${fault}: ${evidence}`;
        // Until it is undone, where it is.
        open.toMs = undoneAfterMs === undefined ? Math.max(atMs, open.fromMs + LEAST_MS) : undefined;
        return;
      case 'missed':
        if (!open) return;
        open.words = `${fault} missed: ${evidence}`;
        open.toMs = atMs;
        return;
      case 'healed':
      case 'heal-failed':
        if (open) open.toMs = atMs;
        return;
    }
  }

  finish(endMs: number, zeroMs: number): readonly Band[] {
    return this.#bands.map(({ kind, fromMs, toMs, node, words }) => ({
      kind,
      fromMs: tenth(fromMs - zeroMs),
      toMs: tenth((toMs ?? endMs) - zeroMs),
      node,
      words,
    }));
  }
}
