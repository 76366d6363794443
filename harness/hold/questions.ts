// What can be asked of a held tier, and what comes back. Plain data; --json prints it.
import type { Receipt } from '../verdict/model.js';
import type { Addresses } from './state.js';

export type Question =
  | { readonly do: 'status' }
  | {
      readonly do: 'inject';
      readonly fault: { readonly kind: string } & Readonly<Record<string, unknown>>;
      /** A target word, or names of nodes. */
      readonly target: string | readonly string[];
      /** Which further service of these nodes; absent: the one that the balancer reaches, or as the names say: 'web-1/puma'. */
      readonly service?: string;
      /** Until the receipts are judged at the end of their hold; else until every claim holds, or is known not to. */
      readonly untilJudged: boolean;
    }
  | { readonly do: 'exec'; readonly node: string; readonly argv: readonly string[] }
  | { readonly do: 'logs'; readonly node: string; readonly lines: number }
  | { readonly do: 'load'; readonly level: number }
  | { readonly do: 'down' };

export interface Answers {
  readonly status: TierStatus;
  readonly inject: Injected;
  readonly exec: { readonly exitCode: number; readonly stdout: string; readonly stderr: string };
  readonly logs: { readonly text: string };
  readonly load: { readonly words: string };
  readonly down: { readonly folder: string; readonly receipts: readonly Receipt[] };
}

export interface NodeStatus {
  /** The post: 'web-1' or, for a further service of it, 'web-1/puma'. */
  readonly node: string;
  /** The server's own process: `pid.start.exec`. */
  readonly master: string | null;
  readonly workers: number;
  readonly supervisorSays: string;
  readonly trackedPid: number | null;
  /** The last direct probe. */
  readonly answers: string;
  readonly balancer: string;
  /** Restarts since the load began, whoever caused them. */
  readonly restarts: number;
  /** What is not as it should be; empty for a whole node. */
  readonly troubles: readonly string[];
}

export interface TierStatus {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly scenario: string;
  readonly environment: string;
  readonly runId: string;
  readonly folder: string;
  readonly addresses: Addresses;
  readonly upMs: number;
  /** Until it goes down by itself. */
  readonly leftMs: number;
  /** Of the last two seconds. */
  readonly load: { readonly words: string; readonly answeredPerSecond: number; readonly failedPerSecond: number };
  readonly nodes: readonly NodeStatus[];
  /** Oldest first. */
  readonly receipts: readonly Receipt[];
}

export interface Injected {
  readonly schemaVersion: 1;
  readonly fault: string;
  readonly nodes: readonly string[];
  /** One a node that was restarted; a receipt that is not judged yet says `closedEarly`. */
  readonly receipts: readonly Receipt[];
  /** Nodes that were not hit, and why. */
  readonly missed: Readonly<Record<string, string>>;
}
