// The journal's events of those who ask: the generator's books, the sentinel's edges, the writer's writes. Part of the
// journal's contract (events.ts, which hands them on).
export type FailureKind =
  'http-4xx' | 'http-5xx' | 'refused' | 'reset' | 'eof' | 'timeout' | 'bad-response' | 'wrong-answer' | 'other';

/** The generator's books for 100 ms. offered = answered + failed + unsent + change of inFlight. */
export interface LoadFrameEvent {
  readonly kind: 'load-frame';
  readonly atMs: number;
  readonly offered: number;
  readonly answered: number;
  readonly failed: Readonly<Partial<Record<FailureKind, number>>>;
  readonly unsent: number;
  /** At the end of the frame. */
  readonly inFlight: number;
  /** Users that were there, or the requests a second that were planned, by the model. */
  readonly level: number;
  /**
   * The same outcomes by request, node and generation; only those that an answer told, or a request that was sent.
   * A line of the file holds them packed (record/packed-rows.ts).
   */
  readonly by?: readonly LoadRow[];
  /** [bucket, count] of answered requests; bucket bounds as in record/histogram.ts. Only non-empty ones. */
  readonly latency: readonly (readonly [number, number])[];
}

/** Outcomes of one request at one node and process generation in a frame. */
export interface LoadRow {
  /** Index in the plan's requests; -1: not chosen yet when it ended. */
  readonly request: number;
  /** By the balancer's header; null: no answer, or none of the balancer's. */
  readonly node: string | null;
  /** By the application's header; null: no answer, or not the application's. */
  readonly generation: string | null;
  readonly answered: number;
  readonly failed: Readonly<Partial<Record<FailureKind, number>>>;
  readonly latency: readonly (readonly [number, number])[];
}

export interface LoadTotals {
  readonly offered: number;
  readonly answered: number;
  readonly failed: Readonly<Partial<Record<FailureKind, number>>>;
  readonly unsent: number;
  readonly inFlight: number;
  /** offered - answered - failed - unsent - inFlight; anything but 0 is a defect. */
  readonly balance: number;
  readonly lateness: Lateness;
  /** CPU of the generator's process, share of one core. */
  readonly cpuShare: number;
  /** The balance may be out by so much, by the nature of the engine; absent: 0. */
  readonly tolerance?: number;
  /** What its engine did otherwise than planned, or does not know; told beside the books, not judged. */
  readonly notes?: readonly string[];
  /** Why failures may be missing in the books, as its engine does not see them all; absent: it does. */
  readonly hides?: string;
  /** Why what was offered is not what was planned: nothing is proved then. */
  readonly doubts?: readonly string[];
  /** What a script of the user's demands of its own figures. */
  readonly thresholds?: readonly LoadThreshold[];
}

export interface LoadThreshold {
  readonly metric: string;
  /** As the script has it: `p(95)<200`. */
  readonly threshold: string;
  readonly ok: boolean;
}

/** How much later than planned something acted, ms. */
export interface Lateness {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface LoadEvent {
  readonly kind: 'load';
  readonly atMs: number;
  readonly state: 'started' | 'stage' | 'stopped' | 'died';
  /** For `stage`: its index and level. */
  readonly stage?: number;
  readonly level?: number;
  readonly totals?: LoadTotals;
  readonly evidence?: string;
}

/**
 * The sentinel's word: a few requests a second of its own through the balancer, each on a fresh connection. `failing`: from
 * when the first of several requests in a row that got no good answer was due. `answering`: when a good answer came again.
 */
export interface SentinelEvent {
  readonly kind: 'sentinel';
  readonly atMs: number;
  readonly state: 'failing' | 'answering';
  /** For `failing`: how the first one failed. For `answering`: how many had failed in between. */
  readonly evidence: string;
}

/** The writer's word, some times a second: which of its writes a node has acknowledged. */
export interface WrittenEvent {
  readonly kind: 'written';
  readonly atMs: number;
  readonly node: string;
  /** Number of the write, and for how long it had been acknowledged at `atMs`, ms. */
  readonly acknowledged: readonly (readonly [number, number])[];
  /** Writes without a whole answer of success: they may have been kept or not. */
  readonly unknown: number;
}

/** What a node still has of the writes. `atMs`: when the question was asked that it answered. */
export interface ReadBackEvent {
  readonly kind: 'read-back';
  readonly atMs: number;
  readonly node: string;
  /** `restart`: while writing goes on, once a restart of it was observed; else for good, when the rounds are over. */
  readonly after?: 'restart' | 'rounds';
  /** False: it could not be read, and nothing is known. */
  readonly ok: boolean;
  /** Numbers that were found: first and last of each run of them. */
  readonly found: readonly (readonly [number, number])[];
  /** Numbers that were found more than once. */
  readonly twice: readonly number[];
  /** Its ids begin so, and end with the number and a dot. */
  readonly ids?: string;
  readonly evidence: string;
}
