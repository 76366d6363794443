// The interface of faults. A fault aims, writes down its undo, hits, proves that it landed, and can be healed.
import type { Look } from '../core/clock.js';
import type { Plugin } from '../core/plugin.js';
import type { ProcessKey } from '../core/identity.js';
import type { NodeNow } from '../observe/live-view.js';
import type { Plan } from '../plan/plan.js';
import type { CensusEvent, RestartPath, SupervisorSaidEvent } from '../record/events.js';
import type { App, Node, RunningDependency } from '../tier/plugins.js';

/** What the conductor lends to a fault, per node. */
export interface FaultContext {
  readonly plan: Plan;
  readonly node: Node;
  readonly app: App;
  readonly appOptions: unknown;
  /** The services beside the nodes. */
  readonly dependencies: readonly RunningDependency[];
  /** The latest census of the node. */
  census(): CensusEvent | undefined;
  /** Sends a signal from the agent's shell; resolves with true when the process existed and the kernel took it. */
  signal(key: ProcessKey, signal: string): Promise<boolean>;
  /** Resolves when the supervisor says a line that matches, from now on; rejects at the deadline. */
  heard(match: (event: SupervisorSaidEvent) => boolean, deadlineMs: number): Promise<SupervisorSaidEvent>;
  /** Resolves when a census matches; the current one counts. Rejects at the deadline. */
  seen(match: (census: CensusEvent) => boolean, deadlineMs: number): Promise<CensusEvent>;
  /** Looks at all that is known of the node, now and at each change, until done. Rejects with the last evidence. */
  until<T>(look: (now: NodeNow) => Look<T>, what: string, deadlineMs: number): Promise<T>;
  /** Writes down a further blow of the same fault; to be called right before it falls. */
  again(targets: readonly ProcessKey[], evidence: string): void;
  readonly abort: AbortSignal;
}

/** How to undo a fault from outside, also by another process: written to undo.ndjson before the fault is sent. */
export type UndoRecord =
  | {
      readonly kind: 'signal';
      readonly containerId: string;
      readonly node: string;
      readonly signal: 'CONT';
      readonly targets: readonly ProcessKey[];
    }
  | {
      readonly kind: 'exec';
      readonly containerId: string;
      readonly node: string;
      readonly argv: readonly string[];
    }
  /** A container is started again: the node's, or that of a service. */
  | { readonly kind: 'start'; readonly containerId: string; readonly node: string }
  | { readonly kind: 'none'; readonly node: string; readonly why: string };

export interface Aim {
  readonly targets: readonly ProcessKey[];
  readonly undo: UndoRecord;
  readonly description: string;
}

export interface Landing {
  readonly landed: boolean;
  readonly evidence: string;
  /** Identities that were really hit. */
  readonly targets: readonly ProcessKey[];
}

export interface Fault<O = unknown> extends Plugin<O> {
  /** It hits a node with all that is in it: no round can aim it at one service. */
  readonly hitsNode?: true;
  /** The restart path that it drives, by its options. */
  path(options: O, plan: Plan): RestartPath;
  /** Throws HarnessError('invalid') for what this environment cannot do; called while planning. */
  validate?(options: O, plan: Plan): void;
  aim(options: O, context: FaultContext): Promise<Aim>;
  /** Sends it. `sent` must be called at the moment of the blow; resolves with the proof. */
  hit(options: O, aim: Aim, context: FaultContext, sent: () => void): Promise<Landing>;
  /** Undoes it; absent where there is nothing to undo. Called after `healAfterMs`, on abort and at the end; undefined: nothing was left to undo. */
  heal?(options: O, aim: Aim, context: FaultContext): Promise<string | undefined>;
  /** Undefined: when the rounds are over. */
  healAfterMs?(options: O): number | undefined;
}
