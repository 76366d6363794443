// The books of a load that was changed while a tier was held: those of one generator after another, added up. Pure.
import type { FailureKind, LoadTotals } from '../record/events.js';

/** `first` may be absent: there was no other before. Lateness and CPU are the worse of the two: neither may be excused by the other. */
export function addedTotals(first: LoadTotals | undefined, second: LoadTotals): LoadTotals {
  if (first === undefined) return second;
  const kinds = Object.keys({ ...first.failed, ...second.failed }) as FailureKind[];
  const hides = second.hides ?? first.hides;
  const notes = both(first.notes, second.notes);
  const doubts = both(first.doubts, second.doubts);
  const thresholds = both(first.thresholds, second.thresholds);
  return {
    offered: first.offered + second.offered,
    answered: first.answered + second.answered,
    failed: Object.fromEntries(kinds.map((kind) => [kind, (first.failed[kind] ?? 0) + (second.failed[kind] ?? 0)])),
    unsent: first.unsent + second.unsent,
    inFlight: first.inFlight + second.inFlight,
    balance: Math.abs(first.balance) + Math.abs(second.balance),
    lateness: {
      p50Ms: Math.max(first.lateness.p50Ms, second.lateness.p50Ms),
      p99Ms: Math.max(first.lateness.p99Ms, second.lateness.p99Ms),
      maxMs: Math.max(first.lateness.maxMs, second.lateness.maxMs),
    },
    cpuShare: Math.max(first.cpuShare, second.cpuShare),
    tolerance: (first.tolerance ?? 0) + (second.tolerance ?? 0),
    ...(notes ? { notes } : {}),
    ...(doubts ? { doubts } : {}),
    ...(thresholds ? { thresholds } : {}),
    ...(hides === undefined ? {} : { hides }),
  };
}

function both<T>(first: readonly T[] | undefined, second: readonly T[] | undefined): readonly T[] | undefined {
  return first || second ? [...(first ?? []), ...(second ?? [])] : undefined;
}
