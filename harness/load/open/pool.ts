// Where a request gets its connection: the one that was used last and still lives, or a new one. A request opens one
// connection at the most and is never tried again, so an outage is not answered with a storm of connects.
import type { LoadPlan } from '../../plan/load-plan.js';
import type { LoadTarget } from '../engine.js';
import { Connection } from './connection.js';

export class Pool {
  readonly #target: LoadTarget;
  readonly #keeps: boolean;
  readonly #all = new Set<Connection>();
  #idle: Connection[] = [];
  #gone = 0;

  constructor(target: LoadTarget, connections: LoadPlan['connections']) {
    this.#target = target;
    this.#keeps = connections === 'kept';
  }

  /** A connection that has no request; one that died while it was idle is not used. */
  take(): Connection {
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) if (last.isUsable) return last;
    const connection = new Connection(this.#target, (gone) => this.#forget(gone));
    this.#all.add(connection);
    return connection;
  }

  /** Its request is over. */
  giveBack(connection: Connection): void {
    if (!connection.isUsable) return;
    if (this.#keeps) this.#idle.push(connection);
    else connection.drop();
  }

  close(): void {
    this.#idle = [];
    for (const connection of [...this.#all]) connection.drop();
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection);
    // Those at the bottom are never taken: the dead among the idle are swept when they may be the greater part.
    this.#gone += 1;
    if (this.#gone * 2 <= this.#idle.length) return;
    this.#idle = this.#idle.filter(({ isUsable }) => isUsable);
    this.#gone = 0;
  }
}
