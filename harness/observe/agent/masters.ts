// What each new master of a node was started with, written once it is known and again when it changed while settling.
// Part of the eyes (watch.ts); the claim `same-service` reads it.
import type { ProcessKey } from '../../core/identity.js';
import type { CensusProcess, Observe, ServiceSnapshot } from '../../record/events.js';
import type { Service } from '../../tier/service.js';
import type { Agent } from './agent.js';
import { takeSnapshot } from './snapshot.js';

/**
 * Servers set their title, directory and limits some time after they have bound, on a busy machine seconds later: what they
 * are is read again so long after they were first seen. A receipt is held for longer than the last but one.
 */
const READ_AFTER_MS = [0, 1_000, 2_000, 4_000, 8_000] as const;

interface Described {
  readonly sinceMs: number;
  /** What was last written, as text. */
  readonly text: string;
  /** How often it was read. */
  readonly times: number;
}

export class Masters {
  readonly #described = new Map<ProcessKey, Described>();

  constructor(
    readonly node: string,
    readonly runKey: string,
    readonly observe: Observe,
    readonly hidesEnvironment: Service['hidesEnvironment'] = false,
  ) {}

  async describe(agent: Agent, census: readonly CensusProcess[], nowMs: number): Promise<void> {
    const masters = census.filter((process) => process.role === 'master' && !process.zombie);
    for (const key of this.#described.keys())
      if (!census.some((process) => process.key === key)) this.#described.delete(key);
    for (const { key } of masters) {
      const described = this.#described.get(key) ?? { sinceMs: nowMs, text: '', times: 0 };
      const { sinceMs, times } = described;
      if (nowMs - sinceMs < (READ_AFTER_MS[times] ?? Infinity)) continue;
      const outcome = await takeSnapshot(agent, key, this.runKey, this.hidesEnvironment);
      if (outcome.kind === 'gone') continue;
      // What was read before a title was written over it still stands: it changes only with the identity.
      if (outcome.kind === 'unreadable' && described.text !== '') {
        this.#described.set(key, { ...described, times: READ_AFTER_MS.length });
        continue;
      }
      const text = JSON.stringify(outcome);
      this.#described.set(key, { sinceMs, text, times: times + 1 });
      if (text === described.text) continue;
      const snapshot: ServiceSnapshot | null = outcome.kind === 'taken' ? outcome.snapshot : null;
      const why = outcome.kind === 'unreadable' ? { why: outcome.why } : {};
      this.observe({ kind: 'service', node: this.node, key, snapshot, ...why });
    }
  }
}
