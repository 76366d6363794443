// Restart paths beyond the crash: a master that replaces itself, and one that is killed again whenever it is back.
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../harness/plan/plan.js';
import { judgeEnvironment } from '../../../harness/verdict/judge.js';
import type { EnvironmentResult } from '../../../harness/verdict/model.js';
import { JournalBuilder, processOf } from './journal-builder.js';
import { planFor } from './test-plan.js';

const judged = (journal: JournalBuilder): Promise<EnvironmentResult> => judgeEnvironment(journal.plan, journal.end());
const broken = ({ receipts }: EnvironmentResult): Record<string, string> =>
  Object.fromEntries(
    receipts[0]!.claims
      .filter(({ state }) => state !== 'held')
      .map(({ id, state, evidence }) => [id, `${state}: ${evidence}`]),
  );

describe('in-place with a new master beside the old one', () => {
  const path = { name: 'in-place', subject: 'master', expects: 'replaced' } as const;
  const strike = { path, fault: 'in-place' } as const;

  /** USR2: the new master is below the old one and has forked; then the old one goes. */
  const handedOver = (): JournalBuilder => {
    const journal = new JournalBuilder().steady();
    const node = journal.node();
    const targets = [node.master!.key];
    journal.fault('web-1', 'sent', { ...strike, targets }).pass(300);
    const next = processOf(300, node.master!.pid, 'worker', 20_000, { key: '300.20000.y' });
    const forked = processOf(301, 300, 'worker', 20_100, { key: '301.20100.y' });
    node.extra = [next];
    journal.census('web-1').pass(200);
    node.extra = [next, forked];
    journal.census('web-1').pass(1_500);
    node.master = { ...next, ppid: 1, role: 'master' };
    node.workers = [forked, processOf(302, 300, 'worker', 20_200, { key: '302.20200.y' })];
    node.extra = [];
    node.trackedPid = 300;
    journal.census('web-1').says('web-1', 'running', 'up');
    const { snapshot } = journal.events.findLast((event) => event.kind === 'service')!;
    journal.add({ kind: 'service', atMs: journal.nowMs, node: 'web-1', key: node.master.key, snapshot });
    return journal.fault('web-1', 'landed', { ...strike, targets });
  };

  it('is whole when the supervisor follows it', async () => {
    const result = await judged(handedOver().pass(25_000));
    expect(broken(result)).toEqual({});
    expect(result.verdict).toBe('pass');
  });

  it('tells which claim broke when the supervisor ends the new master and starts a third (simple unit, trap T19)', async () => {
    const journal = handedOver().pass(200);
    journal.die('web-1').pass(200).spawn('web-1').says('web-1', 'running', 'up');
    const result = await judged(journal.pass(25_000));
    expect(broken(result)).toEqual({
      settled: expect.stringContaining('the new master (pid 300) ended again and nothing accounts for it') as string,
    });
    // Its workers went with it and are not told one by one.
    expect(result.findings.filter(({ check }) => check === 'deaths-accounted-for')).toHaveLength(1);
  });

  it.each([
    [1_500, false],
    [300, false],
    [300, true],
  ])(
    'tells the same when the new master never takes over: gone after %i ms, seen leaving: %s',
    async (goneAfterMs, leaves) => {
      const journal = new JournalBuilder().steady();
      const node = journal.node();
      const targets = [node.master!.key];
      journal.fault('web-1', 'sent', { ...strike, targets }).pass(300);
      node.extra = [
        processOf(300, node.master!.pid, 'worker', 20_000, { key: '300.20000.y' }),
        processOf(301, 300, 'worker', 20_100, { key: '301.20100.y' }),
      ];
      journal.census('web-1').pass(goneAfterMs);
      // The last that is seen of it: no listener any more, and below nobody.
      node.extra = leaves ? [processOf(300, 1, 'stray', 20_000, { key: '300.20000.y', holdsListener: false })] : [];
      journal.die('web-1');
      journal.fault('web-1', 'landed', { ...strike, targets }).pass(200);
      node.extra = [];
      journal.census('web-1').pass(100);
      journal.spawn('web-1').says('web-1', 'running', 'up');
      expect(broken(await judged(journal.pass(25_000)))).toEqual({
        settled: 'broken: the new master (pid 300) ended again and nothing accounts for it',
      });
    },
  );
});

describe('killed again whenever it is back', () => {
  const path = { name: 'repeat-until-gives-up', subject: 'master', expects: 'replaced' } as const;
  const strike = { path, fault: 'repeat-until-gives-up' } as const;

  const planWith = (budget: Plan['facts']['promise']['budget']): Plan => {
    const { facts, ...plan } = planFor();
    return planFor({
      ...plan,
      facts: { ...facts, promise: { ...facts.promise, ...(budget ? { budget } : {}) } },
    });
  };

  /** So many blows; it is back after each but the last. A master that is hit at once is never read. */
  const beaten = (plan: Plan, blows: number, backMs = 1_500): JournalBuilder => {
    const journal = new JournalBuilder(plan).steady();
    for (let blow = 1; blow <= blows; blow += 1) {
      journal.fault('web-1', blow === 1 ? 'sent' : 'again', strike).pass(100);
      journal.die('web-1').says('web-1', 'starting', 'down').pass(backMs);
      if (blow < blows) journal.spawn('web-1', null).says('web-1', 'running', 'up').pass(1_200);
    }
    return journal;
  };

  it('gives one receipt, judged from the last blow on, and no blow before it is an unexplained death', async () => {
    const journal = beaten(planWith(undefined), 4).spawn('web-1').says('web-1', 'running', 'up');
    const result = await judged(journal.fault('web-1', 'landed', strike).pass(25_000));
    expect(result.receipts).toHaveLength(1);
    expect(result.receipts[0]).toMatchObject({ restart: 1, firstBlowMs: 5_000, startedMs: 5_000 + 3 * 2_800 });
    expect(broken(result)).toEqual({});
    expect(result.verdict).toBe('pass');
    // What failed between the blows is no part of the calm before them.
    expect(result.windows.find(({ node, kind }) => node === null && kind === 'baseline')?.toMs).toBeLessThanOrEqual(
      5_000,
    );
  });

  it('that ends as promised is told with both numbers, and the node is down', async () => {
    const budget = { restarts: 2, withinMs: 10_000, thenState: 'failed' };
    const journal = beaten(planWith(budget), 3).says('web-1', 'failed', 'failed (failed)');
    const result = await judged(journal.fault('web-1', 'landed', strike).pass(40_000));
    expect(result.findings.filter(({ check }) => check === 'restart-budget').map(({ message }) => message)).toEqual([
      'web-1: bluepill gave up ("failed (failed)") after 2 restarts in 7.2 s, as it promises (2 restarts within 10.0 s).',
    ]);
    expect(Object.keys(broken(result))).toEqual(expect.arrayContaining(['new-there', 'supervised', 'answers']));
  });

  it.each([
    ['too early', 3, 5, true, /gave up .* after 2 restarts in .*; it promises 5 restarts within 60\.0 s/],
    ['too late', 7, 3, true, /gave up .* after 6 restarts in .*; it promises 3 restarts within 60\.0 s/],
    [
      'not at all',
      7,
      3,
      false,
      /promises to give up after 3 restarts within 60\.0 s, and made 6 restarts in that time/,
    ],
  ])('against its promise, %s, is told', async (_words, blows, restarts, givesUp, message) => {
    const journal = beaten(planWith({ restarts, withinMs: 60_000, thenState: 'failed' }), blows);
    if (givesUp) journal.says('web-1', 'failed', 'failed (failed)');
    else journal.spawn('web-1').says('web-1', 'running', 'up');
    const { findings } = await judged(journal.fault('web-1', 'landed', strike).pass(40_000));
    expect(findings.find(({ check }) => check === 'restart-budget')?.message).toMatch(message);
  });
});
