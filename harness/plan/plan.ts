// A plan: a scenario with every value resolved, for one environment and one seed. Plain data; printable, hashable and
// repeatable. Everything after this point (tier, load, conductor, verdict) reads the plan and never the scenario.

import type { ServerPath } from '../tier/plugins.js';

/** A plug-in by name, with its options validated and its defaults filled in. */
export interface PluginChoice {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
}

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

export interface RequestSpec {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly weight: number;
  /** What a right answer is; absent: a status below 400. */
  readonly answer?: RightAnswer;
}

/** Everything that is named must hold, else the answer is wrong, whatever its status says. */
export interface RightAnswer {
  readonly status?: readonly number[];
  /** Header name (lower case) -> text that its value must contain. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyContains?: string;
  /** Keys from the root of the JSON body, joined by dots (`cart.items.0.id`) -> the value there. */
  readonly json?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Writes to each node, whose acknowledgement is a promise: `{id}` in a path or a body stands for the number of one. */
export interface WritesPlan {
  readonly everyMs: number;
  readonly write: WriteRequest;
  /** Its answer has the ids of what is kept; with `{id}` in its path, of that one. */
  readonly read: ReadRequest;
}

export interface ReadRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface WriteRequest extends ReadRequest {
  readonly method: string;
  readonly body: string;
}

/** `closed`: users who wait for an answer, then think. `open`: requests arrive at a rate, answered or not. */
export type LoadModel = 'closed' | 'open';

/** A part of the load profile; the level changes linearly over `rampMs` and then stays. `forMs` absent: held to the end. */
export interface LoadStage {
  /** Users of a closed model, requests per second of an open one. */
  readonly level: number;
  readonly rampMs: number;
  readonly forMs?: number;
}

export type Think =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'exponential'; readonly meanMs: number };

export interface LoadPlan {
  readonly engine: PluginChoice;
  readonly model: LoadModel;
  readonly requests: readonly RequestSpec[];
  readonly stages: readonly LoadStage[];
  /** Closed model only. */
  readonly think: Think;
  /** Closed model: each user keeps the cookies that it was given, and sends them. */
  readonly sessions: boolean;
  /** Open model: spaced evenly, or as independent arrivals are. Each by seed. */
  readonly arrivals: 'even' | 'poisson';
  /** Open model: connections are used again while they live, or each request opens its own. */
  readonly connections: 'kept' | 'fresh';
  readonly timeoutMs: number;
}

/** Which nodes a fault is for. `one`: drawn by seed; `each`: one after another. */
export type TargetSpec =
  | { readonly kind: 'one' | 'each' | 'half' | 'all-but-one' | 'all' }
  | { readonly kind: 'named'; readonly nodes: readonly string[] };

/** One step of a round: these posts (posts.ts) are hit at the same time. `each` becomes several steps. */
export type RoundStep = readonly string[];

export interface RoundPlan {
  /** 1, 2, ... in the order of the scenario; round 0 is the muster. */
  readonly round: number;
  readonly fault: PluginChoice;
  readonly target: TargetSpec;
  /** Which further service of the nodes is hit; absent: the one that the balancer reaches. */
  readonly service?: string;
  readonly steps: readonly RoundStep[];
  /** Not before this time after the start of the load, ms. */
  readonly notBeforeMs: number;
  /** How often a soak draws it, against the others; absent: 1. */
  readonly weight?: number;
}

/** The load of a soak over time, against the scenario's highest level; `low` is a share of it. */
export type SoakCurve =
  | { readonly kind: 'flat' }
  | { readonly kind: 'day'; readonly low: number; readonly periodMs: number }
  | { readonly kind: 'peaks'; readonly low: number; readonly everyMs: number; readonly forMs: number };

/** What may grow by how much with each restart before it is told. */
export interface DriftLimits {
  readonly memoryBytes: number;
  /** Of open files, threads, processes, and files and sockets left behind. */
  readonly count: number;
  /** Of each step of the recovery. */
  readonly stepMs: number;
  readonly latencyMs: number;
}

/** How `remuster soak` plays the scenario; `run` does not read it. */
export interface SoakNumbers {
  /** From one round to the next, drawn by seed. */
  readonly everyMs: { readonly min: number; readonly max: number };
  /** Most nodes that are hit at once. */
  readonly blastRadius: number;
  readonly curve: SoakCurve;
  /** Over the whole soak. */
  readonly budgets: { readonly failedShare?: number; readonly unansweredMs?: number };
  readonly drift: DriftLimits;
}

/** The part of a soak from one boot of the tier on. */
export interface SoakSegment {
  /** 1, 2, ... */
  readonly nth: number;
  /** So long it lasts from the start of its load on; absent: until its rounds are played. */
  readonly forMs?: number;
}

export interface WindowLimits {
  readonly baseline?: number;
  readonly fault?: number;
  readonly recovery?: number;
  readonly after?: number;
}

/** Limits per window of one subject: of the whole tier, of a node, of a request. Absent: not limited. */
export interface SubjectLimits {
  /** Share of failed requests, 0..1. */
  readonly failedShare?: WindowLimits;
  /** Share of good answers that the balancer got only by a retry, 0..1; not known per request. */
  readonly masked?: WindowLimits;
  /** Percentiles of the latency of answered requests, ms. */
  readonly p50Ms?: WindowLimits;
  readonly p95Ms?: WindowLimits;
  readonly p99Ms?: WindowLimits;
  /** Answers per second: at least this part of the subject's own in the baseline at the same level of load. */
  readonly throughput?: WindowLimits;
}

/** Those of a single subject are the whole tier's. */
export interface Limits extends SubjectLimits {
  /** From the fault until the node's share is restored, ms. */
  readonly recoveredMs: number;
  /** Limits of single steps of the recovery waterfall, ms, by step name. */
  readonly steps: Readonly<Record<string, number>>;
  readonly failedShare: WindowLimits;
  readonly p99Ms: WindowLimits;
  /** Longest time without one good answer of the whole tier, ms. */
  readonly darkMs?: number;
  /** For each node by itself. */
  readonly nodes?: SubjectLimits;
  /** By the name of a request. */
  readonly requests?: Readonly<Record<string, SubjectLimits>>;
}

export type VerdictWord = 'pass' | 'fail' | 'inconclusive';

export interface Expectation {
  readonly verdict: VerdictWord;
  /** Names of checks that must be among the findings. */
  readonly findings: readonly string[];
}

export interface EnvironmentPlan {
  readonly name: string;
  readonly node: NodeSpec;
  readonly deployedOver?: DeployedOver;
  readonly expect?: Expectation;
}

/** Numbers of the proof that are the same in every run unless the scenario says otherwise. */
export interface ProofNumbers {
  /** k of the claims `answers` and `serves-load`. */
  readonly consecutive: number;
  /** Requests of the tier over which `share-restored` is judged. */
  readonly shareRequests: number;
  /** Least part of its baseline share that a node must get back. */
  readonly shareOfBaseline: number;
  readonly steadyWaitMs: number;
  readonly aftermathMs: number;
  /** At the least; DESIGN 4 says what else lengthens the hold. */
  readonly holdMs: number;
  /** Requests a second of the sentinel, by which the edges of an outage are known; 0: none. */
  readonly sentinelRate: number;
}

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
}

export interface Policy {
  readonly name: string;
  /** How often it looks, ms. */
  readonly periodMs: number;
  readonly limit: string;
  /** True where it looks at the main process alone: what workers do goes unseen. */
  readonly mainProcessOnly?: boolean;
}

/** What the plug-ins know of this environment, resolved once so that judging needs no plug-in. */
export interface TierFacts {
  readonly promise: RestartPromise;
  /** Restart paths of the server with these options. */
  readonly paths: readonly ServerPath[];
  /** How long idle workers may outlive their master, ms. */
  readonly patienceMs: number;
  /** Names of environment variables (or `PREFIX*`) that change by nature between two starts. */
  readonly volatileEnv: readonly string[];
  /** The server's own output per request, bytes; 0 when unknown. */
  readonly outputBytesPerRequest: number;
  /** False for a balancer without backend states. */
  readonly balancerHasStates: boolean;
  /** How many processes of the service are expected below the master; null when that is not fixed. */
  readonly workers: number | null;
}

export interface Plan {
  readonly schemaVersion: 1;
  readonly scenario: string;
  readonly summary?: string;
  /** As given on the command line. */
  readonly file: string;
  /** File of `--load`: its load is played in the place of the scenario's own. */
  readonly loadFile?: string;
  readonly seed: number;
  readonly environment: EnvironmentPlan;
  /** 'web-1', 'web-2', ... */
  readonly nodes: readonly string[];
  readonly balancer: PluginChoice;
  /** Services beside the nodes, by name: each is its host name in the tier's network. */
  readonly services: Readonly<Record<string, PluginChoice>>;
  /** Memory that nodes differ by at the start: node n is pre-aged by n * stepBytes. */
  readonly ageingStepBytes: number;
  readonly load: LoadPlan;
  /** Absent: nobody writes. */
  readonly writes?: WritesPlan;
  readonly rounds: readonly RoundPlan[];
  /** Absent: the scenario says nothing of soaks. */
  readonly soak?: SoakNumbers;
  /** Absent: no soak; the rounds are played as they are. */
  readonly segment?: SoakSegment;
  readonly limits: Limits;
  readonly proof: ProofNumbers;
  readonly maxTimeMs: number;
  readonly facts: TierFacts;
  /** The same of each further service of the nodes, by its name. */
  readonly serviceFacts?: Readonly<Record<string, TierFacts>>;
}
