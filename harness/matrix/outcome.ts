// What a cell came to: a verdict, the claims that were broken, the recovery time, and one line that says why. Pure: from the
// judged environment, which the same judge made as for any run.
import { backAfterMs } from '../report/facts.js';
import { clean, fit } from '../report/text.js';
import { brokenClaimsOf, hasBroken } from '../verdict/evidence.js';
import { CLAIM_IDS, type ClaimId, type EnvironmentResult, type Receipt } from '../verdict/model.js';
import type { CellName } from './cells.js';

/** `not-booted`: the tier never served, so that nothing could be restarted. `not-applicable`: planning refused it; it was not run. */
export const CELL_VERDICTS = ['pass', 'fail', 'inconclusive', 'not-booted', 'not-applicable'] as const;
export type CellVerdict = (typeof CELL_VERDICTS)[number];

export interface CellOutcome extends CellName {
  readonly id: string;
  readonly verdict: CellVerdict;
  /** In the order of the receipt, each once, over all receipts of the cell. */
  readonly broken: readonly ClaimId[];
  /** Names of the checks that failed. */
  readonly checks: readonly string[];
  /** From the fault to the first good answer that was followed by more, the slowest restart; null where it did not stay back. */
  readonly recoveredMs: number | null;
  /** Empty for a pass. */
  readonly reason: string;
  /** What the trap's scenario says should have come out; absent where it says nothing. */
  readonly expected?: { readonly verdict: string; readonly asExpected: boolean };
  readonly tookMs: number;
  /** How often it was run; an inconclusive cell is run again once. */
  readonly attempts: number;
  /** Of the last attempt; null where nothing was run. */
  readonly runId: string | null;
}

/** Longer reasons are for the cell's own run. */
const REASON_COLUMNS = 240;

export interface Played {
  readonly runId: string;
  readonly tookMs: number;
  readonly attempts: number;
}

export function outcomeOf(
  cell: CellName & { readonly id: string },
  result: EnvironmentResult,
  played: Played,
): CellOutcome {
  const verdict = result.cut?.reason === 'boot-failed' ? 'not-booted' : result.verdict;
  const { expected } = result;
  return {
    ...nameOf(cell),
    verdict,
    broken: brokenClaims(result),
    checks: [
      ...new Set(result.findings.filter(({ severity }) => severity === 'fail').map(({ check }) => check)),
    ].sort(),
    recoveredMs: verdict === 'not-booted' ? null : slowestMs(result),
    reason: verdict === 'pass' ? '' : reasonOf(result),
    ...(expected ? { expected: { verdict: expected.verdict, asExpected: result.asExpected } } : {}),
    ...played,
  };
}

export function notApplicable(cell: CellName & { readonly id: string }, reason: string): CellOutcome {
  return { ...emptyOutcome(cell, 'not-applicable', reason), attempts: 0 };
}

/** A cell that could not be judged at all: its run ended with an error. */
export function notJudged(
  cell: CellName & { readonly id: string },
  reason: string,
  tookMs: number,
  attempts: number,
): CellOutcome {
  return { ...emptyOutcome(cell, 'inconclusive', reason), tookMs, attempts };
}

function emptyOutcome(cell: CellName & { readonly id: string }, verdict: CellVerdict, reason: string): CellOutcome {
  return {
    ...nameOf(cell),
    verdict,
    broken: [],
    checks: [],
    recoveredMs: null,
    reason: fit(clean(reason), REASON_COLUMNS),
    tookMs: 0,
    attempts: 0,
    runId: null,
  };
}

function nameOf({
  id,
  supervisor,
  server,
  path,
  setting,
  given,
}: CellName & { readonly id: string }): CellName & { id: string } {
  return { id, supervisor, server, path, setting, ...(given ? { given } : {}) };
}

function brokenClaims({ receipts, findings }: EnvironmentResult): readonly ClaimId[] {
  const broken = new Set<ClaimId | undefined>([
    ...receipts.filter((receipt) => !isCutOff(receipt, receipts)).flatMap(brokenClaimsOf),
    // The muster's claims have no receipt.
    ...findings.filter(({ severity, check }) => severity === 'fail' && check !== ITS_CHECK).map(({ claim }) => claim),
  ]);
  return CLAIM_IDS.filter((id) => broken.has(id));
}

/** The check that tells the broken claims of receipts. */
const ITS_CHECK = 'every-node-returns';

/** In a loop of restarts the end of the run falls into one of them: how far it had come is a matter of luck. */
function isCutOff(receipt: Receipt, receipts: readonly Receipt[]): boolean {
  const ofNode = receipts.filter(({ node }) => node === receipt.node);
  const isLast = ofNode.every(({ restart }) => restart <= receipt.restart);
  return receipt.closedEarly && isLast && ofNode.some((each) => each !== receipt && hasBroken(each));
}

function slowestMs(result: EnvironmentResult): number | null {
  const times = result.receipts.map(backAfterMs);
  const known = times.filter((ms) => ms !== undefined);
  return known.length === 0 || known.length < times.length ? null : Math.max(...known);
}

function reasonOf({ findings, cut, receipts, summary }: EnvironmentResult): string {
  const broken = receipts.flatMap(({ claims }) => claims).find(({ state }) => state === 'broken');
  const found = findings.find(({ severity }) => severity === 'fail') ?? findings[0];
  const text =
    cut?.evidence ??
    (broken ? `${broken.id}: ${broken.evidence}` : found ? `${found.check}: ${found.message}` : summary);
  return fit(clean(text), REASON_COLUMNS);
}
