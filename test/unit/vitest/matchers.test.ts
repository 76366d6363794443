// The matchers on real results of the flagship: green where all came back, red with the reason where not.
import { expect, it } from 'vitest';
import '../../../harness/vitest/index.js';
import { flagship, production } from '../report/flagship.js';

const fixed = flagship.environments.find(({ name }) => name === 'production-fixed')!;

it('a tier whose nodes all came back', () => {
  expect(fixed).toReturnEveryNode();
  expect(fixed).toPassEveryCheck();
  expect(fixed).toKeepItsLimits();
  expect(fixed).toRecoverWithin(60_000);
  expect(flagship).toEndAsExpected();
});

it('one whose nodes did not: the message says which and why', () => {
  expect(production).not.toReturnEveryNode();
  expect(() => expect(production).toReturnEveryNode()).toThrow(/production: FAIL[^]*web-1 restart 1: answers broken/);
  expect(() => expect(production).toPassEveryCheck()).toThrow(/no-cascade|untouched|verdict is fail/);
  expect(() => expect(production).toRecoverWithin(60_000)).toThrow('never whole again');
  expect(() => expect(flagship).toReturnEveryNode()).toThrow('production: FAIL');
});

it('nothing that was restarted proves nothing', () => {
  expect(() => expect({ ...fixed, receipts: [] }).toReturnEveryNode()).toThrow('nothing is proved');
  expect(() => expect({ ...flagship, environments: [] }).toReturnEveryNode()).toThrow('nothing was played');
});

it('one that was cut proves nothing', () => {
  const cut = { ...fixed, cut: { reason: 'boot-failed', evidence: 'web-1 did not boot' } };
  expect(() => expect(cut).toReturnEveryNode()).toThrow('web-1 did not boot');
});
