// Percentiles of how late something acted, for the journal.
import type { Lateness } from '../record/events.js';

export function latenessOf(samplesMs: readonly number[]): { readonly lateness: Lateness; readonly count: number } {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
  return { lateness: { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }, count: sorted.length };
}
