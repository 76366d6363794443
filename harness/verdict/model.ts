// What judging yields: receipts, windows, findings, verdict. Plain data, the same shape that --json prints.
import type { FailureKind, LoadTotals, RestartPath } from '../record/events.js';
import type { Expectation, VerdictWord } from '../plan/plan.js';
import type { SubjectLimits } from '../plan/window-limits.js';

/** In the order of DESIGN 4. */
export const CLAIM_IDS = [
  'old-gone',
  'new-there',
  'supervised',
  'owns-socket',
  'answers',
  'balancer-up',
  'serves-load',
  'share-restored',
  'same-service',
  'settled',
] as const;
export type ClaimId = (typeof CLAIM_IDS)[number];
export type ClaimState = 'held' | 'broken' | 'not-observed' | 'not-applicable';

export interface Claim {
  readonly id: ClaimId;
  readonly state: ClaimState;
  /** From when it was true and stayed true, ms since the start of the load. */
  readonly atMs?: number;
  /** What was seen, in words a person on call understands. */
  readonly evidence: string;
  /** For not-applicable: the declaration that makes it so. */
  readonly reason?: string;
}

/** Steps of the recovery, ms since the fault was sent; a step that was not seen is absent. In this order. */
export const WATERFALL_STEPS = [
  'landed',
  'noticed',
  'exec',
  'bound',
  'ready',
  'balancerUp',
  'firstAnswer',
  'shareRestored',
] as const;
export type WaterfallStep = (typeof WATERFALL_STEPS)[number];
export type Waterfall = Readonly<Partial<Record<WaterfallStep, number>>>;

/** Who caused a restart. */
export type Trigger =
  | { readonly kind: 'fault'; readonly fault: string; readonly faultId: string }
  | { readonly kind: 'policy'; readonly policy: string; readonly detail: string }
  | { readonly kind: 'unexplained'; readonly detail: string };

export interface Receipt {
  /** The post (plan/posts.ts): 'web-1' or, for a further service of it, 'web-1/puma'. */
  readonly node: string;
  /** Which further service of the node; absent: the one that the balancer reaches. */
  readonly service?: string;
  /** 1, 2, ... per post and environment. */
  readonly restart: number;
  /** Absent where no fault of a round caused it. */
  readonly round?: number;
  readonly path: RestartPath;
  readonly trigger: Trigger;
  /** ms since the start of the load: when the fault was sent, or the restart began. */
  readonly startedMs: number;
  /** When the first of several blows of the same fault fell; it is judged from the last one on. */
  readonly firstBlowMs?: number;
  readonly judgedMs: number;
  /** True when a later restart or the end of the run closed it before the end of its hold. */
  readonly closedEarly: boolean;
  readonly claims: readonly Claim[];
  readonly waterfallMs: Waterfall;
}

export type WindowKind = 'baseline' | 'fault' | 'recovery' | 'after';

/** What was counted in a window, of the whole tier, a node or a request. */
export interface Figures {
  readonly answered: number;
  readonly failed: number;
  readonly failedShare: number;
  readonly perSecond: number;
  /** Answers whose latency is known: what the percentiles rest on. A node's counts are the balancer's, these the users'. */
  readonly samples?: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  /** Only where a limit of throughput needs it. */
  readonly atLevels?: readonly AtLevel[];
}

/** The part of a window in which the load stood still at one level. */
export interface AtLevel {
  readonly level: number;
  readonly forMs: number;
  readonly answered: number;
}

export interface RequestFigures extends Figures {
  /** null: the lighter requests of a long list, together. */
  readonly request: string | null;
}

export interface WindowResult extends Figures {
  readonly kind: WindowKind;
  /** null: the whole tier. */
  readonly node: string | null;
  readonly round?: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Failed requests that the balancer hid by a retry. */
  readonly masked: number;
  /** Longest time without one good answer. */
  readonly darkMs: number;
  /** Whole tier only: the same window by request, in the plan's order. */
  readonly requests?: readonly RequestFigures[];
}

/** What can be limited per window; the latencies are of answered requests. */
export type LimitedFigure = keyof SubjectLimits;

/** How one limit was kept: all windows of a kind, of one subject. */
export interface LimitResult {
  readonly about: 'tier' | 'node' | 'request';
  /** Of the node or the request; null: the whole tier. */
  readonly name: string | null;
  readonly figure: LimitedFigure;
  readonly window: WindowKind;
  readonly limit: number;
  /** How many windows. */
  readonly kept: number;
  readonly broken: number;
  readonly notJudged: number;
  /** The figure that came nearest to the limit or went farthest beyond it, and what it rests on. */
  readonly worst?: { readonly value: number; readonly samples: number; readonly fromMs: number };
  /** Why a window was not judged. */
  readonly why?: string;
}

/** A figure of a soak against the number of restarts: of all nodes together, each compared with itself. */
export interface DriftResult {
  readonly what: 'memory' | 'processes' | 'threads' | 'open-files' | 'left-behind' | 'recovery' | 'latency';
  readonly name: string;
  readonly state: 'drifts' | 'steady' | 'not-enough-data';
  /** Bytes, a count or ms, by what it is; absent without enough data. */
  readonly perRestart?: number;
  readonly limit: number;
  /** Chance of such a rise without a trend. */
  readonly pRising?: number;
  readonly points: number;
  readonly evidence: string;
}

/** What remuster itself used in a soak, from its first minute to its end. */
export interface SelfResult {
  readonly samples: number;
  readonly rssBytes: { readonly first: number; readonly last: number; readonly most: number };
  /** Slope; absent with too few samples. */
  readonly rssBytesPerHour?: number;
  readonly openFiles: { readonly first: number; readonly last: number; readonly most: number };
}

export interface Finding {
  readonly check: string;
  readonly severity: 'fail' | 'inconclusive';
  readonly node?: string;
  readonly round?: number;
  readonly claim?: ClaimId;
  readonly message: string;
}

/** One link of the cascade: a node that was not hit and left service. */
export interface CascadeLink {
  readonly node: string;
  readonly atMs: number;
  /** `because`: its share and memory compare; `after`: only the order is known. */
  readonly relation: 'hit' | 'because' | 'after';
  readonly evidence: string;
}

export interface Cascade {
  readonly happened: boolean;
  readonly chain: readonly CascadeLink[];
  /** From the first fault or restart to the total outage; absent without total outage. */
  readonly outageMs?: number;
  /** ms since the start of the load at which the whole tier went dark. */
  readonly totalOutageAtMs?: number;
}

export interface LoadResult {
  readonly offered: number;
  readonly answered: number;
  readonly failed: Readonly<Partial<Record<FailureKind, number>>>;
  readonly unsent: number;
  readonly inFlight: number;
  readonly lateness: LoadTotals['lateness'] | null;
  /** CPU of the generator, share of one core; null, as the lateness, where it handed in no books. */
  readonly cpuShare: LoadTotals['cpuShare'] | null;
  /** What the engine does not know, or did otherwise than planned. */
  readonly notes?: readonly string[];
}

export interface TimelineEntry {
  readonly atMs: number;
  readonly node: string | null;
  readonly text: string;
  /** `bad`: something broke; `fault`: we did it; `plain`. */
  readonly tone: 'plain' | 'fault' | 'bad' | 'good';
}

/** A time in which the sentinel got no good answer through the balancer, ms since the start of the load. */
export interface OutageResult {
  /** When the first request that failed was due. */
  readonly fromMs: number;
  /** When the first good answer came, or the end of what was seen. */
  readonly toMs: number;
  readonly isOver: boolean;
  readonly firstFailure: string;
}

export interface EnvironmentResult {
  readonly name: string;
  readonly verdict: VerdictWord;
  readonly expected: Expectation | null;
  readonly asExpected: boolean;
  readonly interrupted: boolean;
  /** Why, in words a person on call understands; a few sentences. */
  readonly summary: string;
  /** True when all nodes answered the smoke check; null when there was none. */
  readonly smokeGreen: boolean | null;
  readonly smokeEvidence: string;
  readonly findings: readonly Finding[];
  readonly receipts: readonly Receipt[];
  readonly windows: readonly WindowResult[];
  /** Per window, against the plan's limits; absent where it has none. */
  readonly limits?: readonly LimitResult[];
  /** Of a soak. */
  readonly drift?: readonly DriftResult[];
  readonly self?: SelfResult;
  readonly load: LoadResult;
  /** To the request; [] also where the balancer has no way in for a sentinel. */
  readonly outages: readonly OutageResult[];
  readonly cascade: Cascade;
  /** The story, oldest first; times since the start of the load. */
  readonly timeline: readonly TimelineEntry[];
  /** Last word of each node's supervisor. */
  readonly supervisorsSay: Readonly<Record<string, string>>;
  /** Set when the environment could not be judged because it did not boot or was cut. */
  readonly cut: { readonly reason: string; readonly evidence: string } | null;
  readonly durationMs: number;
}

/** Between two parts of a soak: it was stopped or broke off, and was taken up again with a new tier. */
export interface SoakGap {
  readonly afterRound: number;
  /** Wall clock, ISO 8601; null: nothing was written before it. */
  readonly from: string | null;
  readonly to: string;
  readonly why: string;
}

/** An environment over the whole soak, all its parts together. */
export interface SoakEnvironmentResult {
  readonly name: string;
  /** Played to their end; those of a gap are not counted, they were played again. */
  readonly rounds: number;
  readonly lostRounds: number;
  readonly playedMs: number;
  readonly restarts: number;
  /** Restarts with a whole receipt. */
  readonly proved: number;
  readonly answered: number;
  readonly failed: number;
  readonly failedShare: number;
  /** In which the sentinel got no good answer, in all. */
  readonly unansweredMs: number;
  readonly gaps: readonly SoakGap[];
}

export interface SoakResult {
  /** Of each environment; one of the two. */
  readonly forMs?: number;
  readonly rounds?: number;
  /** It is not over: this is what has been seen so far. */
  readonly goesOn: boolean;
  readonly environments: readonly SoakEnvironmentResult[];
}

export interface RunResult {
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly scenario: string;
  readonly file: string;
  /** File of `--load`, as given. */
  readonly loadFile?: string;
  /** Only some environments of the scenario were asked for: those that are here. */
  readonly isSelection?: true;
  readonly seed: number;
  readonly verdict: VerdictWord;
  readonly exitCode: number;
  readonly environments: readonly EnvironmentResult[];
  readonly artifacts: readonly string[];
  readonly leftBehind: readonly string[];
  /** Of `remuster soak`; its parts are environments of their own. */
  readonly soak?: SoakResult;
}
