// The limits of a plan, per window of a run.

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
