// What judging derives from a journal once, for all checks, the story and the summary.
import type { Plan } from '../plan/plan.js';
import type { CutEvent, RestartPath } from '../record/events.js';
import type { Cascade, ClaimId, DriftResult, Finding, Receipt, WindowResult } from './model.js';
import type { Death } from './receipts/deaths.js';

export interface Evidence {
  readonly plan: Plan;
  readonly receipts: readonly Receipt[];
  readonly windows: readonly WindowResult[];
  readonly cascade: Cascade;
  /** Longest time without one good answer of the whole tier while answers were wanted. */
  readonly dark: { readonly ms: number; readonly fromMs: number };
  readonly deaths: readonly Death[];
  readonly deathsNotKept: number;
  /** undefined: the load never started. */
  readonly loadStartMs: number | undefined;
  readonly cut: CutEvent | undefined;
  /** Of a soak; else []. */
  readonly drift: readonly DriftResult[];
  /** Good answers that the balancer's log lacks, where they are enough to matter; else 0. */
  readonly missingLines: number;
}

/** Every claim held, or does not apply by declaration. */
export function isWhole(receipt: Receipt): boolean {
  return receipt.claims.every((claim) => claim.state === 'held' || claim.state === 'not-applicable');
}

export function brokenClaimsOf(receipt: Receipt): readonly ClaimId[] {
  return receipt.claims.filter(({ state }) => state === 'broken').map(({ id }) => id);
}

export function hasBroken(receipt: Receipt): boolean {
  return receipt.claims.some((claim) => claim.state === 'broken');
}

/** A policy strikes when it looks; until then its node serves, and nothing has to be recovered. */
export function strikesLater({ name }: RestartPath): boolean {
  return name === 'policy-restart';
}

export function claimOf(receipt: Receipt, id: Receipt['claims'][number]['id']): Receipt['claims'][number] {
  const found = receipt.claims.find((claim) => claim.id === id);
  if (!found) throw new Error(`a receipt of ${receipt.node} lacks the claim ${id}`);
  return found;
}

/** What says that it is back: its answers or, of a service that nobody asks, its supervisor's word. */
export function returnOf(receipt: Receipt): Receipt['claims'][number] {
  const answers = claimOf(receipt, 'answers');
  return answers.state === 'not-applicable' ? claimOf(receipt, 'supervised') : answers;
}

/** When it was back for good: its share restored or, where that does not apply, serving, or answering, or running. */
export function recoveredAtMs(receipt: Receipt): number | undefined {
  for (const id of ['share-restored', 'serves-load', 'answers', 'supervised'] as const) {
    const claim = claimOf(receipt, id);
    if (claim.state === 'not-applicable') continue;
    return claim.state === 'held' ? claim.atMs : undefined;
  }
  return undefined;
}

export const fail = (check: string, message: string, about: Partial<Finding> = {}): Finding => ({
  check,
  severity: 'fail',
  ...about,
  message,
});
export const doubt = (check: string, message: string, about: Partial<Finding> = {}): Finding => ({
  check,
  severity: 'inconclusive',
  ...about,
  message,
});

/** Evidence may be a stack trace; a sentence holds one line of it. */
export function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return flat.length > LONGEST_EVIDENCE ? `${flat.slice(0, LONGEST_EVIDENCE)} ...` : flat;
}

const LONGEST_EVIDENCE = 400;
