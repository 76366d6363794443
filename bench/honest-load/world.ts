// What a generator is let loose on: the counting server alone, or two of them behind HAProxy, of which one is struck. Its
// own log is the truth.
import { CountingServer } from '../../test/contract/load/served.js';
import type { LoadTarget } from '../../harness/load/engine.js';
import type { Served } from '../../test/contract/load/cases.js';
import { startBalancer, type Balancing } from './balancer.js';

export interface World extends Served {
  readonly target: LoadTarget;
  remove(): Promise<void>;
}

export function alone(): Promise<World> {
  return new CountingServer().start();
}

/** The first of two is the one that things happen to; what was served is what both have served. */
export class BehindBalancer implements World {
  readonly #struck = new CountingServer();
  readonly #other = new CountingServer();
  #balancing: Balancing | undefined;

  static async started(how: 'retries' | 'no retries', signal: AbortSignal): Promise<BehindBalancer> {
    const world = new BehindBalancer();
    try {
      await world.#struck.start();
      await world.#other.start();
      world.#balancing = await startBalancer([world.#struck.target, world.#other.target], how, signal);
      return world;
    } catch (error) {
      await world.remove();
      throw error;
    }
  }

  get target(): LoadTarget {
    if (!this.#balancing) throw new Error('the balancer does not run');
    return this.#balancing.target;
  }

  get received(): number {
    return this.#struck.received + this.#other.received;
  }

  get completed(): number {
    return this.#struck.completed + this.#other.completed;
  }

  get halves(): number {
    return this.#struck.halves + this.#other.halves;
  }

  times(what: Parameters<CountingServer['times']>[0]): readonly number[] {
    return what === 'listening' ? this.#struck.times(what) : [...this.#struck.times(what), ...this.#other.times(what)];
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#struck.signal(name);
  }

  order(word: 'fin' | 'rst' | 'renew'): Promise<void> {
    return this.#struck.order(word);
  }

  kill(): Promise<number> {
    return this.#struck.kill();
  }

  start(): Promise<unknown> {
    return this.#struck.start();
  }

  async remove(): Promise<void> {
    await this.#balancing?.remove();
    await this.#struck.remove();
    await this.#other.remove();
  }
}
