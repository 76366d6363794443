// What a cell came to, from what the judge says of its environment.
import { expect, it } from 'vitest';
import { outcomeOf } from '../../../harness/matrix/outcome.js';
import { CLAIM_IDS, type ClaimId, type EnvironmentResult, type Receipt } from '../../../harness/verdict/model.js';

const CELL = { id: 'a/b/c', supervisor: 'a', server: 'b', path: 'c', setting: 'defaults' };
const PLAYED = { runId: 'x', tookMs: 1, attempts: 1 };

function receipt(restart: number, closedEarly: boolean, ...broken: readonly ClaimId[]): Partial<Receipt> {
  const claims = CLAIM_IDS.map((id) => ({ id, state: broken.includes(id) ? 'broken' : 'held', evidence: '' }) as const);
  return { node: 'web-1', restart, closedEarly, claims, waterfallMs: {}, startedMs: 0 };
}

function brokenOf(receipts: readonly Partial<Receipt>[], findings: readonly object[] = []): readonly ClaimId[] {
  const result = { verdict: 'fail', summary: '', asExpected: true, receipts, findings };
  return outcomeOf(CELL, result as unknown as EnvironmentResult, PLAYED).broken;
}

it('has the broken claims of all receipts, and of the muster', () => {
  expect(brokenOf([receipt(1, false, 'settled'), receipt(2, true, 'answers'), receipt(3, false)])).toEqual([
    'answers',
    'settled',
  ]);
  expect(brokenOf([], [{ severity: 'fail', check: 'muster', claim: 'supervised', message: '' }])).toEqual([
    'supervised',
  ]);
});

it('leaves out where a loop of restarts was when the run ended; not the only thing that can be said', () => {
  expect(brokenOf([receipt(1, true, 'settled'), receipt(2, true, 'serves-load')])).toEqual(['settled']);
  expect(brokenOf([receipt(1, false), receipt(2, true, 'serves-load')])).toEqual(['serves-load']);
});
