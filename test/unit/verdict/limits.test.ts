// Each kind of limit, broken by a journal that breaks exactly this one, kept by its twin, and not judged where there is too
// little to judge.
import { describe, expect, it } from 'vitest';
import type { Limits } from '../../../harness/plan/window-limits.js';
import { judgeEnvironment } from '../../../harness/verdict/judge.js';
import type { EnvironmentResult, LimitResult } from '../../../harness/verdict/model.js';
import { JournalBuilder } from './journal-builder.js';
import { planFor } from './test-plan.js';

const request = (name: string) => ({ name, method: 'GET', path: '/', headers: {}, weight: 1 });
const SEARCH = 'GET /search?q=shoes';

/** A baseline of 8 s, web-1 killed and back, 12 s after that; `hurt` decides what goes wrong after it. */
async function run(limits: Partial<Limits>, hurt: (journal: JournalBuilder) => void, more: Partial<typeof LOAD> = {}) {
  const plan = planFor({
    limits: { ...planFor().limits, ...limits },
    load: { ...planFor().load, ...LOAD, ...more },
  });
  const journal = new JournalBuilder(plan)
    .boot()
    .musterEnds()
    .loadStarts()
    .pass(8_000)
    .killAndReturn('web-1')
    .pass(3_000);
  hurt(journal);
  return judgeEnvironment(plan, journal.pass(12_000).end());
}

const LOAD = { requests: [request('GET /'), request(SEARCH)], stages: [{ level: 60, rampMs: 0 }] };
const unhurt = (): void => undefined;
const messages = ({ findings }: EnvironmentResult): readonly string[] =>
  findings.filter(({ check }) => check === 'budgets').map(({ message }) => message);
const rows = ({ limits = [] }: EnvironmentResult, about: LimitResult['about']) =>
  limits.filter((limit) => limit.about === about);

/** Limits, what breaks them, and the message (times and counts left out). */
const CASES: readonly (readonly [string, Partial<Limits>, (journal: JournalBuilder) => void, RegExp])[] = [
  [
    'failed share of the tier',
    { failedShare: { after: 0.01 } },
    ({ users }) => void (users.wrong = () => 0.05),
    /^Whole tier, after window from .* s to .* s: \d+ of \d{4} requests failed \(\d\.\d\d %\); the limit is 1\.00 %\.$/,
  ],
  [
    'failed share of a request',
    { requests: { [SEARCH]: { failedShare: { after: 0.06 } } } },
    ({ users }) => void (users.wrong = (_node, index) => (index === 1 ? 0.1 : 0)),
    /^GET \/search\?q=shoes, after window .*: \d+ of \d{3,4} requests failed \(\d\.\d\d %\); the limit is 6\.00 %\.$/,
  ],
  [
    'masked errors of the tier',
    { masked: { after: 0.01 } },
    (journal) => void (journal.retriedAt = () => 1),
    /^Whole tier, after .*: \d+ of \d{4} answers needed a retry of the balancer \(\d\d\.\d %\); the limit is 1\.00 %\.$/,
  ],
  [
    'masked errors of a node',
    { nodes: { masked: { after: 0.01 } } },
    (journal) => void (journal.retriedAt = (node) => (node === 'web-2' ? 1 : 0)),
    /^web-2, after .*: \d+ of \d{3} answers needed a retry of the balancer/,
  ],
  [
    'median of the tier',
    { p50Ms: { after: 300 } },
    ({ users }) => void (users.latencyMs = () => 400),
    /^Whole tier, after .*: the median of \d{4} answers is 4\d\d ms; the limit is 300 ms\.$/,
  ],
  [
    '95th percentile of the tier, where one node in four is slow',
    { p50Ms: { after: 300 }, p95Ms: { after: 300 } },
    ({ users }) => void (users.latencyMs = (node) => (node === 'web-3' ? 1_250 : 100)),
    /^Whole tier, after .*: the 95th percentile of \d{4} answers is 1\.2\d s; the limit is 300 ms\.$/,
  ],
  [
    '99th percentile of a node',
    { nodes: { p99Ms: { after: 300 } } },
    ({ users }) => void (users.latencyMs = (node) => (node === 'web-3' ? 700 : 100)),
    /^web-3, after .*: the 99th percentile of \d{3} answers is 7\d\d ms; the limit is 300 ms\.$/,
  ],
  [
    '99th percentile of a request',
    { requests: { [SEARCH]: { p99Ms: { after: 300 } }, 'GET /': { p99Ms: { after: 300 } } } },
    ({ users }) => void (users.latencyMs = (_node, index) => (index === 1 ? 700 : 100)),
    /^GET \/search\?q=shoes, after .*: the 99th percentile of \d{3,4} answers is 7\d\d ms; the limit is 300 ms\.$/,
  ],
  [
    'throughput of the tier',
    { throughput: { after: 0.9 } },
    (journal) => void (journal.perSecond = 80),
    /^Whole tier, after .*: \d+\.\d\/s were answered, \d\d\.\d % of the 160\.0\/s of its baseline \(\d+ answers in \d+\.\d s at the same load\); the limit is 90\.0 %\.$/,
  ],
  [
    'throughput of a request',
    { requests: { [SEARCH]: { throughput: { after: 0.8 } } } },
    ({ users }) => void (users.wrong = (_node, index) => (index === 1 ? 0.9 : 0)),
    /^GET \/search\?q=shoes, after .* of the 80\.0\/s of its baseline/,
  ],
];

describe('a limit', () => {
  it.each(CASES)('%s: fails the run, with one finding that says by how much', async (_name, limits, hurt, message) => {
    const result = await run(limits, hurt);
    expect(messages(result)).toEqual([expect.stringMatching(message)]);
    expect(result.verdict).toBe('fail');
  });

  it.each(CASES)('%s: is kept by the same tier unhurt', async (_name, limits) => {
    const result = await run(limits, unhurt);
    expect(result.verdict).toBe('pass');
    expect(result.limits!.every(({ kept, broken, notJudged }) => kept > 0 && broken + notJudged === 0)).toBe(true);
  });

  it('of each node is told for the node that broke it, and counted for the others', async () => {
    const result = await run({ nodes: { p99Ms: { after: 300 } } }, ({ users }) => {
      users.latencyMs = (node) => (node === 'web-3' ? 700 : 100);
    });
    expect(result.findings).toMatchObject([{ check: 'budgets', node: 'web-3', round: 1 }]);
    expect(rows(result, 'node').map(({ name, kept, broken }) => [name, kept, broken])).toEqual([
      ['web-1', 1, 0],
      ['web-2', 1, 0],
      ['web-3', 0, 1],
      ['web-4', 1, 0],
    ]);
  });
});

describe('what rests on too little', () => {
  it('is not judged, and says what it would have needed', async () => {
    const result = await run({ p99Ms: { fault: 10 }, nodes: { throughput: { fault: 0.5 } } }, unhurt);
    expect(result.verdict).toBe('fail');
    const few = await run({ nodes: { p99Ms: { recovery: 1_000 }, throughput: { fault: 0.5 } } }, unhurt);
    expect(few.verdict).toBe('pass');
    const [p99, throughput] = rows(few, 'node').filter(({ name }) => name === 'web-1');
    expect(p99).toMatchObject({ kept: 0, broken: 0, notJudged: 1 });
    expect(p99!.why).toMatch(/^the 99th percentile needs 300 answers; there were \d+$/);
    expect(throughput).toMatchObject({ kept: 0, broken: 0, notJudged: 1 });
    expect(throughput!.why).toMatch(/^it lasted \d\.\d s at the baseline's level; 3\.0 s are needed$/);
  });

  it('fails all the same where a lower percentile, of which there is enough, is above the limit', async () => {
    const result = await run({ nodes: { p99Ms: { recovery: 50 } } }, unhurt);
    expect(messages(result).join()).toMatch(/the (median|95th percentile) of \d+ answers is 11\d ms, so the 99th/);
  });

  it('does not fail for one failure of a request; of the whole tier it counts', async () => {
    const once = ({ users }: JournalBuilder): void => {
      let asked = 0;
      users.wrong = (_node, index) => (index === 1 && (asked += 1) === 1 ? 0.5 : 0);
    };
    const result = await run({ requests: { [SEARCH]: { failedShare: { after: 0.000_1 } } } }, once);
    expect(result.verdict).toBe('pass');
    expect(result.limits).toMatchObject([{ notJudged: 1, why: expect.stringMatching(/^one of \d+ is/) as string }]);
    const ofTier = await run({ failedShare: { after: 0.000_1 } }, once);
    expect(messages(ofTier)).toEqual([expect.stringMatching(/^Whole tier, after .*: 1 of \d+ requests failed/)]);
  });
});

describe('throughput', () => {
  it('is compared only with what was answered at the same level of the load', async () => {
    const stages = [
      { level: 20, rampMs: 0, forMs: 9_000 },
      { level: 60, rampMs: 0 },
    ];
    const result = await run({ throughput: { after: 0.9 } }, (journal) => void (journal.perSecond = 80), { stages });
    expect(result.verdict).toBe('pass');
    expect(result.limits).toMatchObject([{ notJudged: 1, why: 'the baseline has no 3.0 s at this level of the load' }]);
  });

  it('that is a little short is not told from chance', async () => {
    const result = await run({ throughput: { after: 0.99 } }, (journal) => void (journal.perSecond = 158));
    expect(result.verdict).toBe('pass');
    expect(result.limits).toMatchObject([
      { broken: 0, notJudged: 1, why: expect.stringMatching('may be chance') as string },
    ]);
  });
});

it('limits of windows that never were say so', async () => {
  const plan = planFor({ limits: { ...planFor().limits, p50Ms: { recovery: 100 } } });
  const result = await judgeEnvironment(plan, new JournalBuilder(plan).steady().pass(3_000).end());
  expect(result.limits).toMatchObject([{ kept: 0, broken: 0, notJudged: 0, why: 'there was no such window' }]);
});
