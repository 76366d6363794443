// What authors of scenarios write, as types for their editor; `defineScenario` only returns what it is given.
// schema.ts checks the same shape at run time, for YAML and JSON too.

/** '500ms', '10s', '2m', '1h'. */
export type Duration = string;
/** '5%'. */
export type Share = string;

/** A plug-in: its name, or its name and options. */
export type PluginInput = string | ({ readonly kind: string } & Readonly<Record<string, unknown>>);
/** Options that go over those of the scenario's own `app`; with another `kind`, they replace it. */
export type PluginOverride = string | Readonly<Record<string, unknown>>;

/** A service of an own node beside the one that the balancer reaches. Without port and socket it listens nowhere. */
export interface FurtherServiceInput {
  /** Options over those of the environment's supervisor; default: the supervisor knows it by the name that it has here. */
  readonly supervisor?: PluginOverride;
  /** Adds what is known of that server: its other restart paths. */
  readonly server?: PluginInput;
  /** 3000, or '127.0.0.1:3000' where only what runs in the node can ask it. */
  readonly port?: number | string;
  /** A Unix socket: '/run/puma.sock'. */
  readonly socket?: string;
  /** Of one with a port; default '/'. */
  readonly health?: string;
  readonly stop?: { readonly signal?: string; readonly grace?: Duration };
}

/** A node of the user's own: an image, or a folder with a Dockerfile, in which supervisor and server are installed. */
export interface OwnNodeInput {
  readonly image?: string;
  /** A compose file, relative to the scenario, and the service of it that is the web tier. */
  readonly compose?: string;
  readonly service?: string;
  /** A folder with a Dockerfile, relative to the scenario. */
  readonly build?:
    | string
    | {
        readonly context: string;
        readonly dockerfile?: string;
        readonly args?: Readonly<Record<string, string>>;
        readonly target?: string;
      };
  /** Port of the node that the balancer reaches. */
  readonly port?: number;
  /** Path that answers 2xx while the server is well; default '/'. */
  readonly health?: string;
  /** Further services of the node, by name, each with receipts of its own; rounds name them: `service: 'puma'`. */
  readonly services?: Readonly<Record<string, FurtherServiceInput>>;
  /** What the container runs; default: as the image says, and an init for systemd. */
  readonly command?: readonly string[];
  /** './nginx.conf:/etc/nginx/nginx.conf': copied into each node before it starts. */
  readonly mounts?: readonly string[];
  /** '512MiB' */
  readonly memory?: string;
  readonly cpus?: number;
  /** The signal on which the server ends by itself, and how long that may take; default TERM, 20s. */
  readonly stop?: { readonly signal?: string; readonly grace?: Duration };
  /** How long a node may take until it answers; default 60s. */
  readonly boot?: Duration;
}

/** A service of the user's own beside the nodes. */
export interface OwnServiceInput {
  readonly image?: string;
  /** A folder with a Dockerfile, relative to the scenario. */
  readonly build?: string;
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** It is ready when something listens here. */
  readonly port?: number;
  /** It is ready when this command ends with 0 in it. */
  readonly ready?: readonly string[];
}

export interface NodeInput {
  readonly supervisor?: PluginInput;
  readonly server?: PluginInput;
  readonly app?: PluginOverride;
  /** User and group that the server runs as; default www-data. */
  readonly user?: string;
  /** Variables of the server's environment, over those of the scenario. */
  readonly env?: Readonly<Record<string, string>>;
  readonly openFiles?: number;
}

export interface EnvironmentInput extends NodeInput {
  /** Another environment of this scenario; keys that are given here replace its keys whole. */
  readonly like?: string;
  /** Keys over those of the scenario's own node. */
  readonly node?: OwnNodeInput;
  readonly balancer?: PluginInput;
  readonly limits?: LimitsInput;
  /** What the nodes boot as, before a deployment makes them what this environment says. */
  readonly deployedOver?: NodeInput & { readonly deploy?: PluginInput };
}

export interface WindowsInput<T> {
  readonly baseline?: T;
  readonly fault?: T;
  readonly recovery?: T;
  readonly after?: T;
}

export interface RequestLimitsInput {
  readonly failedShare?: WindowsInput<Share>;
  /** Latency of answered requests, from when each was due: the median, the 95th and the 99th percentile. */
  readonly p50?: WindowsInput<Duration>;
  readonly p95?: WindowsInput<Duration>;
  readonly p99?: WindowsInput<Duration>;
  /** Answers per second: at least this part of those in the baseline at the same level of load. */
  readonly throughput?: Omit<WindowsInput<Share>, 'baseline'>;
}

export interface SubjectLimitsInput extends RequestLimitsInput {
  /** Share of good answers that the balancer got only by a retry: errors that users did not see. */
  readonly masked?: WindowsInput<Share>;
}

/** Outside of `nodes` and `requests`: of the whole tier. */
export interface LimitsInput extends SubjectLimitsInput {
  /** From the fault until the node's share is restored. */
  readonly recovered?: Duration;
  /** For each node by itself. */
  readonly nodes?: SubjectLimitsInput;
  /** By the name of a request: its own, or method and path (`'GET /search?q=shoes'`). */
  readonly requests?: Readonly<Record<string, RequestLimitsInput>>;
  /** Longest time without one good answer of the whole tier. */
  readonly dark?: Duration;
  /** Limits of single steps of the recovery. */
  readonly steps?: Readonly<Record<string, Duration>>;
}

export interface RequestInput {
  readonly path: string;
  readonly name?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly weight?: number;
  /** What a right answer is, in all that is named; a 200 with the wrong page is a failure then. */
  readonly answer?: {
    readonly status?: number | readonly number[];
    /** Header -> text that its value contains. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly bodyContains?: string;
    /** `cart.items.0.id` -> the value there in a JSON body. */
    readonly json?: Readonly<Record<string, string | number | boolean | null>>;
  };
}

export interface StageInput {
  /** Closed model: users who wait for an answer, then think. */
  readonly users?: number;
  /** Open model: requests per second, answered or not. */
  readonly rate?: number;
  /** The whole stage, its ramp included; absent on the last stage, which is held until the rounds are over. */
  readonly for?: Duration;
  /** How long the change takes; default 1s. */
  readonly ramp?: Duration;
  /**
   * Open model, a recorded curve (`remuster log2load`): requests per second, one rate after the other, each for `every`,
   * without ramps; 0 is allowed. The last one is held when no stage follows.
   */
  readonly rates?: readonly number[];
  readonly every?: Duration;
}

export type TargetInput = 'one' | 'each' | 'half' | 'all-but-one' | 'all' | readonly string[];

export interface RoundInput {
  readonly fault: PluginInput;
  readonly target: TargetInput;
  /** Which further service of the nodes is hit; default: the one that the balancer reaches. */
  readonly service?: string;
  /**
   * 'peak' (5 s into the highest stage, or halfway into a shorter one), 'peak+12s', or a time since the start of the load:
   * '22s'. Default: 'peak' for the first round, right after the round before for the others. */
  readonly at?: string;
  /** How often a soak draws it, against the other rounds; default 1. A run plays each round once. */
  readonly weight?: number;
}

export interface SoakInput {
  /** From one round to the next: '30s' or '20s..40s', drawn by seed; default '20s..40s'. */
  readonly every?: string;
  /** Most nodes that are hit at once; default 1. */
  readonly blastRadius?: number;
  /**
   * The load over time, against the highest stage. `day`: from `low` up to it and down again in each `period` (default 1h);
   * `peaks`: at `low`, and at it for `for` in each `every`. Default 'flat': the stages as they are.
   */
  readonly load?:
    | 'flat'
    | { readonly day: { readonly low?: Share; readonly period?: Duration } }
    | { readonly peaks: { readonly low?: Share; readonly every?: Duration; readonly for?: Duration } };
  /** Over the whole soak: failed requests, and time in which the sentinel got no answer. Default: no limit. */
  readonly budgets?: { readonly failedShare?: Share; readonly unanswered?: Duration };
  /** What may grow by how much with each restart: memory in MiB (default 1), counts (0.5), recovery steps (10ms), latency (5ms). */
  readonly drift?: {
    readonly memoryMiB?: number;
    readonly count?: number;
    readonly step?: Duration;
    readonly latency?: Duration;
  };
}

export type ExpectInput =
  | 'pass'
  | 'fail'
  | 'inconclusive'
  | { readonly verdict: 'pass' | 'fail' | 'inconclusive'; readonly findings?: readonly string[] };

export interface ProofInput {
  readonly consecutive?: number;
  readonly shareRequests?: number;
  readonly shareOfBaseline?: Share;
  readonly steadyWait?: Duration;
  readonly aftermath?: Duration;
  readonly hold?: Duration;
  /** Requests a second of the sentinel, which finds the edges of outages; default 50, 0: none. */
  readonly sentinel?: number;
}

export interface WritesInput {
  /** From one write to a node to the next; default 100ms. */
  readonly every?: Duration;
  /** `{id}` in the path or the body stands for what is written; default: as the application says. */
  readonly write?: {
    readonly method?: 'POST' | 'PUT' | 'PATCH';
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  /** Its answer has the ids of all that is kept; with `{id}` in the path, of one. */
  readonly read?: string | { readonly path: string; readonly headers?: Readonly<Record<string, string>> };
}

export interface ScenarioFile extends Pick<NodeInput, 'user' | 'env' | 'openFiles'> {
  readonly name: string;
  readonly summary?: string;
  readonly seed?: number;
  readonly nodes: number;
  /** Services beside the nodes, by name: each is its host name for the application. */
  readonly services?: Readonly<Record<string, PluginInput | OwnServiceInput>>;
  readonly balancer?: PluginInput;
  /** A node of the user's own, for all environments. */
  readonly node?: OwnNodeInput;
  readonly app?: PluginInput;
  readonly environments: Readonly<Record<string, EnvironmentInput>>;
  /** Memory by which the nodes differ at the start. */
  readonly ageing?: { readonly stepMiB: number };
  readonly load: {
    readonly engine?: PluginInput;
    readonly requests?: readonly (string | RequestInput)[];
    readonly stages: readonly StageInput[];
    /** Of users: '300ms', '150ms..450ms' or '~300ms' (exponential, the mean); default '300ms'. */
    readonly think?: string;
    /** Each user keeps its cookies; default false. */
    readonly sessions?: boolean;
    /** Of a rate: spaced evenly, or as independent arrivals are; default poisson (k6: even, it has no other way). */
    readonly arrivals?: 'even' | 'poisson';
    /** Of a rate, with k6 of users too: default kept (k6: fresh, as it hides lost requests on kept ones). */
    readonly connections?: 'kept' | 'fresh';
    readonly timeout?: Duration;
  };
  /** Writes to each node, which it must still have after its restarts; true: as the application says. Default: none. */
  readonly writes?: boolean | WritesInput;
  readonly rounds: readonly RoundInput[];
  /** How `remuster soak` plays the rounds. */
  readonly soak?: SoakInput;
  readonly limits?: LimitsInput;
  readonly expect?: Readonly<Record<string, ExpectInput>>;
  readonly proof?: ProofInput;
  /** Longest time per environment; default 15m. */
  readonly maxTime?: Duration;
}

/** remuster.config.ts: defaults of all scenarios below its folder. */
export interface ConfigFile {
  readonly seed?: number;
  readonly user?: string;
  readonly maxTime?: Duration;
  readonly limits?: Omit<LimitsInput, 'requests'>;
  readonly proof?: ProofInput;
}

/** Types a scenario for the editor; what it has is kept, so that another one can be made from it. */
export function defineScenario<const S extends ScenarioFile>(scenario: S): S {
  return scenario;
}

/** Types remuster.config.ts for the editor. */
export function defineConfig(config: ConfigFile): ConfigFile {
  return config;
}
