// What the page is made from: one plain object, compact enough for hours of load. The page's own script reads it and
// nothing else. Times are ms since the start of the load, as everywhere; lists of figures are columns.
import type { Difference } from '../differences.js';
import type { SoakLine } from '../soak-words.js';
import type { Table } from '../window-tables.js';
import type { CascadeLink, ClaimState, TimelineEntry, WindowKind } from '../../verdict/model.js';
import type { Plan, VerdictWord } from '../../plan/plan.js';
import type { Span } from './spans.js';

export interface ReportData {
  readonly schemaVersion: 1;
  /** True while the run goes on: the page says so, and reads itself again. */
  readonly live: boolean;
  readonly run: RunFacts;
  readonly claims: readonly string[];
  readonly steps: readonly string[];
  readonly environments: readonly EnvironmentData[];
}

export interface RunFacts {
  readonly id: string;
  readonly scenario: string;
  readonly summary: string;
  readonly headline: string;
  readonly verdict: VerdictWord;
  readonly exitCode: number;
  readonly exitWords: string;
  /** The command that repeats it. */
  readonly again: string;
  readonly leftBehind: readonly string[];
  /** What a soak came to over all its parts, drift included; [] for a run. */
  readonly soak: readonly SoakLine[];
  /** What the generator says of itself. */
  readonly notes: readonly string[];
}

export interface EnvironmentData {
  readonly name: string;
  readonly verdict: VerdictWord;
  readonly expectation: string;
  readonly asExpected: boolean;
  readonly isPlainPass: boolean;
  readonly hadTotalOutage: boolean;
  /** '5 of 5 restarts proved', 'slowest back in 0.9 s', '0.00 % failed'. */
  readonly facts: readonly string[];
  /** Why: the first sentence, and what follows it. */
  readonly reason: string;
  readonly more: string;
  readonly cut: string | null;
  readonly smoke: SmokeData | null;
  readonly supervisorsSay: string;
  /** What is drawn, ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** `atMs` of the journal at 0. */
  readonly journalZeroMs: number;
  readonly model: 'closed' | 'open';
  readonly load: LoadSeries;
  readonly latency: LatencySeries;
  readonly nodes: readonly NodeLane[];
  readonly bands: readonly Band[];
  readonly findings: readonly FindingData[];
  readonly receipts: readonly ReceiptData[];
  readonly cascade: {
    readonly happened: boolean;
    readonly chain: readonly CascadeLink[];
    readonly outageAtMs: number | null;
    readonly outageAfter: string | null;
  };
  readonly story: readonly StoryLine[];
  /** Lines of supervisors that were left out of the story. */
  readonly storyLeftOut: number;
  readonly tables: readonly Table[];
  readonly differences: readonly Difference[];
  readonly versions: Readonly<Record<string, string>>;
  readonly plan: Plan | null;
}

export interface SmokeData {
  readonly green: boolean;
  readonly atMs: number | null;
  readonly evidence: string;
}

/** Counts per bucket; `mostFailed`: in the worst 100 ms of it; `inFlight`: the most. */
export interface LoadSeries {
  readonly bucketMs: number;
  readonly atMs: readonly number[];
  readonly offered: readonly number[];
  readonly answered: readonly number[];
  readonly failed: readonly number[];
  readonly unsent: readonly number[];
  readonly mostFailed: readonly number[];
  readonly inFlight: readonly number[];
  readonly level: readonly number[];
  readonly failedBy: Readonly<Record<string, number>>;
}

/** Of answered requests; buckets without one are left out. */
export interface LatencySeries {
  readonly bucketMs: number;
  readonly atMs: readonly number[];
  readonly p50Ms: readonly number[];
  readonly p95Ms: readonly number[];
  readonly p99Ms: readonly number[];
  readonly maxMs: readonly number[];
}

export interface NodeLane {
  /** The post: a node, or a further service of one. */
  readonly name: string;
  /** Null for a node: then it is the one that the balancer reaches. */
  readonly service: string | null;
  /** Each life of a server: from where its master was seen to where it was gone. */
  readonly processes: readonly ProcessBar[];
  /** Direct probes: does it answer? */
  readonly answers: readonly Span[];
  readonly supervisor: readonly Span[];
  readonly balancer: readonly Span[];
  readonly memory: MemorySeries;
  readonly traffic: TrafficSeries;
}

export interface ProcessBar {
  readonly fromMs: number;
  readonly toMs: number;
  readonly pid: number;
  /** 1, 2, ... for masters in the order of their birth; 0: not a master. */
  readonly generation: number;
  readonly role: 'master' | 'starting' | 'stray';
  readonly command: string;
}

export interface MemorySeries {
  readonly bucketMs: number;
  readonly atMs: readonly number[];
  readonly leastMiB: readonly number[];
  readonly mostMiB: readonly number[];
  /** Of the supervisor's policy; null where it has none. */
  readonly limitMiB: number | null;
}

/** Answers and failures of the balancer for requests that reached the node. */
export interface TrafficSeries {
  readonly bucketMs: number;
  readonly atMs: readonly number[];
  readonly ok: readonly number[];
  readonly failed: readonly number[];
}

export interface Band {
  readonly kind: 'fault' | 'window' | 'outage' | 'round';
  readonly fromMs: number;
  readonly toMs: number;
  readonly node: string | null;
  readonly words: string;
  readonly window?: WindowKind;
}

export interface FindingData {
  readonly check: string;
  readonly severity: 'fail' | 'inconclusive';
  readonly node: string | null;
  readonly message: string;
  /** Where its evidence is; null where it has no moment. */
  readonly atMs: number | null;
  /** Index into receipts; null where it speaks of none. */
  readonly receipt: number | null;
  readonly claim: string | null;
}

export interface ReceiptData {
  readonly node: string;
  readonly restart: number;
  readonly round: number | null;
  readonly title: string;
  readonly isWhole: boolean;
  readonly startedMs: number;
  readonly judgedMs: number;
  readonly closedEarly: boolean;
  /** In the order of `claims`. */
  readonly claims: readonly ClaimData[];
  /** In the order of `steps`, ms since the start; null: not seen. */
  readonly steps: readonly (number | null)[];
}

export type ClaimData = readonly [state: ClaimState, atMs: number | null, evidence: string, reason?: string];

export interface StoryLine {
  readonly atMs: number;
  readonly node: string | null;
  readonly tone: TimelineEntry['tone'];
  readonly text: string;
  /** `said`: the supervisor's own words, quoted. */
  readonly source: 'story' | 'said' | 'smoke';
}
