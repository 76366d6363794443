// What a supervisor and a server say of restarts, as data; the contract suite tests it against the real programs.
import type { RestartPath } from '../record/events.js';

/** How the main process of a service ends: by an uncaught signal, with an error code, with code 0. */
export type ServiceEnd = 'signal' | 'error' | 'clean-exit';

export interface RestartBudget {
  readonly restarts: number;
  readonly withinMs: number;
  /** The word that it says from then on. */
  readonly thenState: string;
  /** Only the end of a process younger than this counts, ms. Absent: each end. */
  readonly youngerThanMs?: number;
  /**
   * `command`: the time begins with the last start by command, and nothing counts after it. `first`: it begins with the
   * first start that counts, and when it is over with the next one. Absent: it moves along.
   */
  readonly countsFrom?: 'command' | 'first';
}

/** What a supervisor says that it will do, as data; the contract suite tests it against the real program. */
export interface RestartPromise {
  /** The ends after which it starts the service again. */
  readonly restartsAfter: readonly ServiceEnd[];
  /**
   * Does it follow a server that replaces itself? `same-pid`: only one that keeps its pid (exec). `pid-file`: also one
   * whose new pid stands in its pid file.
   */
  readonly followsInPlace: 'same-pid' | 'pid-file';
  /** Its status words and what each means. */
  readonly words: Readonly<Record<string, string>>;
  /** From noticing the end to the start of the next process, ms. */
  readonly restartDelayMs: number;
  /** Where the delay grows from restart to restart: how far, ms. */
  readonly restartDelayGrowsToMs?: number;
  /** How long it may take to notice, ms. */
  readonly noticeMs: number;
  /** So many restarts within so long, then it gives up. Absent: never gives up. */
  readonly budget?: RestartBudget;
  /** At a restart it starts the next one without waiting for the end of the old one. */
  readonly overlapsAtRestart?: boolean;
  /** So long after its stop signal it kills a service that has not ended. Absent: it does not. */
  readonly stopTimeoutMs?: number;
  /** Words that count as "running". */
  readonly runningWords: readonly string[];
  /** Longest time for which it may say a transitional word after the server already serves, ms. */
  readonly settlesWithinMs: number;
  /** True where the supervisor itself holds the listener. */
  readonly holdsListener: boolean;
  /** True where it starts a new supervisor when the supervisor is killed. */
  readonly respawnsItself: boolean;
  /** True where the supervisor is none of the node's processes: its word is all that can be seen of it. */
  readonly livesOutside?: boolean;
  /** True where the server itself is PID 1 of the node: the kernel drops signals that it does not handle, KILL too. */
  readonly serverIsPid1?: boolean;
  /** Policies by which it restarts on its own. */
  readonly policies: readonly Policy[];
  /**
   * Options by which it gets a policy, as a scenario writes them, by the policy's name: { memory: { memoryLimit: '300MiB' } }.
   * The sample servers are well below such a limit. A policy that is not here it cannot have.
   */
  readonly policyOptions?: Readonly<Partial<Record<string, Readonly<Record<string, string>>>>>;
}

export interface Policy {
  readonly name: string;
  /** How often it looks, ms. */
  readonly periodMs: number;
  readonly limit: string;
  /** True where it looks at the main process alone: what workers do goes unseen. */
  readonly mainProcessOnly?: boolean;
}

/** By sd_notify(3): that it is ready, or also, time and again, that it lives, which a watchdog waits for. */
export type TellsSystemd = 'ready' | 'alive';

/** A restart path of a server, with the signal that starts it where there is one. */
export interface ServerPath extends RestartPath {
  /** Sent to the master; `thenOld`: sent to the old master once a new one serves (unicorn's USR2 and then QUIT). */
  readonly signal?: { readonly name: string; readonly thenOld?: string };
}
