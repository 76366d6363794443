// What each new master of a node was started with, written once it is known and again when it changed while settling.
// Part of the eyes (watch.ts); the claim `same-service` reads it.
import type { ProcessKey } from '../../core/identity.js';
import type { CensusProcess, Observe, ServiceSnapshot } from '../../record/events.js';
import type { Agent } from './agent.js';
import { takeSnapshot } from './snapshot.js';

/** Servers set their title, directory and limits some time after they have bound: what they are is read twice. */
const SETTLED_AFTER_MS = 1_000;

interface Described {
  readonly sinceMs: number;
  /** What was last written, as text. */
  text: string;
  settled: boolean;
}

export class Masters {
  readonly #described = new Map<ProcessKey, Described>();

  constructor(
    readonly node: string,
    readonly runKey: string,
    readonly observe: Observe,
    readonly hidesEnvironment = false,
  ) {}

  async describe(agent: Agent, census: readonly CensusProcess[], nowMs: number): Promise<void> {
    const masters = census.filter((process) => process.role === 'master' && !process.zombie);
    for (const key of this.#described.keys())
      if (!census.some((process) => process.key === key)) this.#described.delete(key);
    for (const { key } of masters) {
      const described = this.#described.get(key) ?? { sinceMs: nowMs, text: '', settled: false };
      const isDue = described.text === '' || (!described.settled && nowMs - described.sinceMs >= SETTLED_AFTER_MS);
      if (!isDue) continue;
      const outcome = await takeSnapshot(agent, key, this.runKey, this.hidesEnvironment);
      if (outcome.kind === 'gone') continue;
      // What was read before a title was written over it still stands: it changes only with the identity.
      if (outcome.kind === 'unreadable' && described.text !== '') {
        described.settled = true;
        continue;
      }
      const text = JSON.stringify(outcome);
      this.#described.set(key, { ...described, text, settled: described.text !== '' });
      if (text === described.text) continue;
      const snapshot: ServiceSnapshot | null = outcome.kind === 'taken' ? outcome.snapshot : null;
      const why = outcome.kind === 'unreadable' ? { why: outcome.why } : {};
      this.observe({ kind: 'service', node: this.node, key, snapshot, ...why });
    }
  }
}
