// Whether a claim is true now, and since when without a break.

export type Truth =
  | {
      readonly state: 'true';
      readonly evidence: string;
      /** From when the evidence says so, if that is earlier than the moment of looking. */
      readonly sinceMs?: number;
    }
  | { readonly state: 'false'; readonly evidence: string }
  | { readonly state: 'unseen'; readonly evidence: string }
  | { readonly state: 'not-applicable'; readonly reason: string };

export interface Standing {
  readonly truth: Truth;
  /** From when it has been true; undefined while it is not. */
  readonly sinceMs: number | undefined;
  readonly wasTrue: boolean;
  /** When it was last lost after it had been true. */
  readonly lostMs: number | undefined;
}

export function nextStanding(before: Standing | undefined, truth: Truth, nowMs: number): Standing {
  const isTrue = truth.state === 'true';
  const wasTrue = isTrue || (before?.wasTrue ?? false);
  if (isTrue) {
    const sinceMs = before?.sinceMs ?? Math.min(truth.sinceMs ?? nowMs, nowMs);
    return { truth, sinceMs: Math.max(sinceMs, truth.sinceMs ?? sinceMs), wasTrue, lostMs: before?.lostMs };
  }
  const lostMs = before?.sinceMs === undefined ? before?.lostMs : nowMs;
  return { truth, sinceMs: undefined, wasTrue, lostMs };
}
