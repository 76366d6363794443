// What can be worked out from an account alone, and found in the results by name. Pure.
import type { Account } from './generator.js';
import { wasPlayed, type CaseResult, type Row, type Truth } from './play.js';

/** Frames tell their beginning; and what was on its way when the server was struck may still come. */
const NEAR_MS = 100;

export function failuresIn(failed: Account['failed']): number {
  return Object.values(failed ?? {}).reduce((sum, count) => sum + count, 0);
}

/** What its own figures leave open; undefined where it does not say what it offered. */
export function unknownIn({
  unknown,
  offered,
  answered,
  failed,
  unsent = 0,
  inFlight = 0,
}: Account): number | undefined {
  if (unknown !== undefined) return unknown;
  if (offered === undefined || answered === undefined) return undefined;
  return offered - answered - failuresIn(failed) - unsent - inFlight;
}

/** Its times less the true ones, ms; absent: it saw none, or there was none. */
export interface EdgesOff {
  readonly firstFailure?: number;
  readonly answersAgain?: number;
  /** It told of the outage, and never of its end. */
  readonly blind: boolean;
}

export function edgesOff({ seen }: Account, { struckMs, wellMs }: Truth): EdgesOff {
  if (!seen || struckMs === undefined) return { blind: false };
  const firstMs = seen.failuresMs.reduce((first, atMs) => Math.min(first, atMs), Infinity);
  if (!Number.isFinite(firstMs)) return { blind: false };
  const firstFailure = firstMs - struckMs;
  if (wellMs === undefined) return { firstFailure, blind: false };
  const inBetween = seen.goodMs.some((atMs) => atMs > struckMs + 5 * NEAR_MS && atMs < wellMs - 5 * NEAR_MS);
  if (inBetween) return { firstFailure, blind: false }; // Somebody else answered: for users there was no end to see.
  const againMs = seen.goodMs.reduce(
    (first, atMs) => (atMs > wellMs - NEAR_MS ? Math.min(first, atMs) : first),
    Infinity,
  );
  return Number.isFinite(againMs)
    ? { firstFailure, answersAgain: againMs - wellMs, blind: false }
    : { firstFailure, blind: true };
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
