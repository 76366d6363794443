// What can be worked out from an account alone, and found in the results by name. Pure.
import type { Account } from './generator.js';
import { wasPlayed, type CaseResult, type Row } from './play.js';

export function failuresIn(failed: Account['failed']): number {
  return Object.values(failed ?? {}).reduce((sum, count) => sum + count, 0);
}

/** What its own figures leave open; undefined where it does not say what it offered. */
export function unknownIn({ offered, answered, failed, unsent = 0, inFlight = 0 }: Account): number | undefined {
  if (offered === undefined || answered === undefined) return undefined;
  return offered - answered - failuresIn(failed) - unsent - inFlight;
}

export interface Found extends Row {
  readonly title: string;
}

export function playedBy(results: readonly CaseResult[], generator: string): readonly Found[] {
  return results.flatMap(({ title, rows }) =>
    rows.filter(wasPlayed).flatMap((row) => (row.generator === generator ? [{ ...row, title }] : [])),
  );
}

export function generatorsIn(results: readonly CaseResult[]): readonly string[] {
  return [...new Set(results.flatMap(({ rows }) => rows.map(({ generator }) => generator)))];
}

export function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}
