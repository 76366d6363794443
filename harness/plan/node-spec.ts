// What runs on a node: of our own samples, or of the user.
import type { PluginChoice } from './plugin-choice.js';

/** Where a user's own node comes from. */
export type OwnSource =
  | { readonly kind: 'image'; readonly image: string }
  | {
      readonly kind: 'build';
      /** From the directory in which remuster runs. */
      readonly folder: string;
      /** Relative to the folder. */
      readonly dockerfile: string;
      readonly args: Readonly<Record<string, string>>;
      readonly target?: string;
    };

/** A file or folder of this machine that is copied into each node before it starts. */
export interface OwnMount {
  /** From the directory in which remuster runs. */
  readonly from: string;
  readonly to: string;
}

/** Where a service takes requests. `loopback`, `socket` (a Unix one): only what runs in the node can ask it. */
export type Listens =
  | { readonly kind: 'port'; readonly port: number; readonly healthPath: string }
  | { readonly kind: 'loopback'; readonly port: number }
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'nowhere' };

/** A service of a user's own node beside the one that the balancer reaches; what is known of it is in `Plan.serviceFacts`. */
export interface FurtherService {
  readonly name: string;
  readonly supervisor: PluginChoice;
  readonly server: PluginChoice;
  readonly listens: Listens;
  readonly stop: { readonly signal: string; readonly graceMs: number };
}

/** A node of the user's own: supervisor, server and application are in its image already. */
export interface OwnNode {
  readonly source: OwnSource;
  readonly port: number;
  readonly healthPath: string;
  /** What the container runs; absent: what the image says, or an init where the supervisor is one. */
  readonly command?: readonly string[];
  readonly mounts: readonly OwnMount[];
  readonly memoryBytes?: number;
  readonly cpus?: number;
  readonly stop: { readonly signal: string; readonly graceMs: number };
  readonly bootMs: number;
  /** Absent: the one that the balancer reaches is its only one. */
  readonly services?: readonly FurtherService[];
}

/** Everything that decides what runs on a node. */
export interface NodeSpec {
  readonly supervisor: PluginChoice;
  readonly server: PluginChoice;
  readonly app: PluginChoice;
  /** User (and group) that the server runs as. */
  readonly user: string;
  /** Extra environment of the server. */
  readonly env: Readonly<Record<string, string>>;
  /** RLIMIT_NOFILE of the server; absent: the supervisor's default. */
  readonly openFiles?: number;
  /** Absent: a sample node, made from the plug-ins above. */
  readonly own?: OwnNode;
}

export interface DeployedOver {
  /** What the nodes boot as, before the deployment to `node`. */
  readonly from: NodeSpec;
  readonly deploy: PluginChoice;
}
