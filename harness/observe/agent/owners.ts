// Who holds the service's listening socket, on a port or a Unix one; nobody where it listens nowhere. Both questions for it are dear (see script.ts), so they are asked when
// something says that the answer changed, and now and then: that somebody closed the socket is not seen otherwise.
import type { Listens } from '../../plan/node-spec.js';
import type { Agent } from './agent.js';
import type { Scanned } from './scan.js';

const EVERY_MS = 2_000;
const EVERY_CLOSE_MS = 500;
/** The sockets of the port are looked up anew so often, beside whenever nobody holds them any more. */
const LISTENERS_EVERY_MS = 2_000;
/** A socket is opened a moment before it listens: so many looks follow the one that saw it come. */
const LOOKS_AFTER_SOCKET = 3;

export interface OwnersLook {
  /** The living. */
  readonly processes: readonly Scanned[];
  /** Supervisors run short-lived helpers all the time: whose coming and going makes a look necessary? */
  readonly isRelevant: (process: Scanned) => boolean;
  readonly hasMaster: boolean;
  /** Around a change. */
  readonly close: boolean;
  readonly nowMs: number;
}

export class Owners {
  readonly #listens: Listens;
  #pids: ReadonlySet<number> = new Set();
  #denied: readonly number[] = [];
  #listeners: readonly string[] = [];
  #listenersMs = -Infinity;
  #asked = '';
  #askedMs = -Infinity;
  #sockets = '';
  #looksLeft = 0;

  constructor(listens: Listens) {
    this.#listens = listens;
  }

  get pids(): ReadonlySet<number> {
    return this.#pids;
  }

  /** Why it cannot be said who holds the listener; undefined when it can. */
  get blindness(): string | undefined {
    if (this.#listeners.length === 0 || this.#pids.size > 0 || this.#denied.length === 0) return undefined;
    const count = this.#denied.length;
    return `who holds the listener cannot be seen: open files of ${count} processes may not be read, the container lacks the capability SYS_PTRACE`;
  }

  /**
   * False when processes ended in the middle of it: a master that dies between the scan and the look at its files would
   * make masters of its workers.
   */
  async look(agent: Agent, { processes, isRelevant, hasMaster, close, nowMs }: OwnersLook): Promise<boolean> {
    if (this.#listens.kind === 'nowhere') return true;
    const relevant = processes.filter(isRelevant);
    const asked = relevant.map((process) => process.key).join(' ');
    if (!hasMaster) await this.#lookForSockets(agent, relevant);
    const isDue = nowMs - this.#askedMs >= (close ? EVERY_CLOSE_MS : EVERY_MS);
    if (asked === this.#asked && !isDue && this.#looksLeft === 0) return true;
    this.#looksLeft = Math.max(0, this.#looksLeft - 1);

    const pids = processes.map((process) => process.pid);
    const known = nowMs - this.#listenersMs < LISTENERS_EVERY_MS ? this.#listeners : [];
    let found = await agent.holders(pids, known);
    if (found.pids.size === 0) {
      this.#listeners = await agent.listeners(this.#listens);
      this.#listenersMs = nowMs;
      found = await agent.holders(pids, this.#listeners);
    }
    this.#pids = found.pids;
    this.#denied = found.denied;
    const isCurrent = !relevant.some((process) => found.gone.includes(process.pid));
    this.#asked = isCurrent ? asked : '';
    this.#askedMs = isCurrent ? nowMs : -Infinity;
    return isCurrent;
  }

  async #lookForSockets(agent: Agent, relevant: readonly Scanned[]): Promise<void> {
    const sockets = await agent.sockets(relevant.map((process) => process.pid));
    if (sockets !== this.#sockets) this.#looksLeft = LOOKS_AFTER_SOCKET;
    this.#sockets = sockets;
  }
}
