// A plan: a scenario with every value resolved, for one environment and one seed. Plain data; printable, hashable and
// repeatable. Everything after this point (tier, load, conductor, verdict) reads the plan and never the scenario.

import type { LoadPlan, WritesPlan } from './load-plan.js';
import type { DeployedOver, NodeSpec } from './node-spec.js';
import type { PluginChoice } from './plugin-choice.js';
import type { RestartPromise, ServerPath, TellsSystemd } from './promise.js';
import type { Limits } from './window-limits.js';

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

/** What the plug-ins know of this environment, resolved once so that judging needs no plug-in. */
export interface TierFacts {
  readonly promise: RestartPromise;
  /** Restart paths of the server with these options. */
  readonly paths: readonly ServerPath[];
  /** What the server tells of itself by sd_notify(3). Absent: nothing, or nobody knows. */
  readonly tellsSystemd?: TellsSystemd;
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
