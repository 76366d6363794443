// Claims that nobody could see, and restart paths that decide which claims apply.
import { describe, expect, it } from 'vitest';
import { judgeEnvironment } from '../../../harness/verdict/judge.js';
import type { ClaimId, EnvironmentResult } from '../../../harness/verdict/model.js';
import { JournalBuilder, KILL_MASTER, processOf } from './journal-builder.js';
import { planFor } from './test-plan.js';

async function judged(journal: JournalBuilder): Promise<EnvironmentResult> {
  return judgeEnvironment(journal.plan, journal.end());
}

/** State and evidence of a claim in the first receipt. */
async function claim(journal: JournalBuilder, id: ClaimId): Promise<string> {
  const { receipts } = await judged(journal);
  const found = receipts[0]?.claims.find((each) => each.id === id);
  return found ? `${found.state}: ${found.evidence}${found.reason ?? ''}` : 'no receipt';
}

const blind = (journal: JournalBuilder, state: 'lost' | 'regained'): JournalBuilder =>
  journal.add({ kind: 'blind', atMs: journal.nowMs, who: 'agent', node: 'web-1', state, evidence: 'the shell ended' });

const killed = (): JournalBuilder => new JournalBuilder().steady().killAndReturn();

describe('claims that nobody could see', () => {
  it('are not observed when their observer went blind, and the run is inconclusive', async () => {
    const journal = killed();
    const { receipts, verdict } = await judged(blind(journal, 'lost').pass(25_000));
    const unseen = receipts[0]!.claims.filter(({ state }) => state === 'not-observed').map(({ id }) => id);
    expect(unseen).toEqual(['old-gone', 'new-there', 'supervised', 'owns-socket', 'same-service', 'settled']);
    expect(verdict).toBe('inconclusive');
  });

  it.each([
    ['probe', ['answers']],
    ['balancer-view', ['balancer-up']],
    ['balancer-log', ['serves-load', 'share-restored']],
    ['supervisor-watch', ['supervised']],
  ] as const)('%s blind: %j', async (who, ids) => {
    const journal = killed();
    journal.add({ kind: 'blind', atMs: journal.nowMs, who, state: 'lost', evidence: 'gone' });
    const { receipts } = await judged(journal.pass(25_000));
    expect(receipts[0]!.claims.filter(({ state }) => state === 'not-observed').map(({ id }) => id)).toEqual(ids);
  });

  it('an observer that is back soon after the limit is waited for: a crash loop shuts its eyes at each start', async () => {
    const journal = new JournalBuilder().steady().kill().backend('web-1', false, 'L4CON').pass(19_500);
    blind(journal, 'lost').pass(1_500).census('web-1');
    blind(journal, 'regained').pass(2_000);
    const { receipts } = await judged(journal);
    const stateOf = (id: ClaimId): string | undefined => receipts[0]?.claims.find((each) => each.id === id)?.state;
    // The limit and the hold were over 20 s after the blow.
    expect(receipts[0]).toMatchObject({ startedMs: 5_000, judgedMs: 26_100, closedEarly: false });
    expect(stateOf('old-gone')).toBe('held');
    expect(stateOf('new-there')).toBe('broken');
    expect(stateOf('supervised')).toBe('broken');
  });

  it('and nothing else: what was seen to be false at the limit stays so', async () => {
    const journal = killed().backend('web-1', false, 'L4CON').pass(17_000);
    blind(journal, 'lost').pass(2_500).backend('web-1', true).pass(500);
    blind(journal, 'regained').pass(2_000);
    const { receipts, verdict } = await judged(journal);
    const broken = receipts[0]!.claims.filter(({ state }) => state === 'broken').map(({ id }) => id);
    expect(broken).toEqual(['balancer-up', 'serves-load', 'share-restored']);
    expect(verdict).toBe('fail');
  });

  it('same-service is not observed when the new process could not be read', async () => {
    const journal = new JournalBuilder().steady().killAndReturn('web-1', 1_000, null);
    expect(await claim(journal.pass(25_000), 'same-service')).toMatch(
      /^not-observed: pid \d+ could not be read: refused/,
    );
  });

  it('share-restored is not observed when lines of the balancer are missing', async () => {
    const journal = killed().pass(8_000);
    journal.add({
      kind: 'balancer-books',
      atMs: journal.nowMs,
      linesRead: 1_000,
      requestsServed: 1_200,
      droppedLogs: 200,
    });
    const { receipts, findings } = await judged(journal);
    expect(receipts[0]!.claims.find(({ id }) => id === 'share-restored')?.state).toBe('not-observed');
    expect(receipts[0]!.claims.find(({ id }) => id === 'serves-load')?.state).toBe('held');
    expect(findings.map(({ check }) => check)).toContain('load-was-real');
  });
});

describe('paths decide what applies', () => {
  it('one worker killed: the master is kept, its share does not apply', async () => {
    const journal = new JournalBuilder().steady();
    const [first, second] = journal.node().workers;
    const path = { name: 'kill-worker', subject: 'worker', expects: 'replaced' } as const;
    journal.fault('web-1', 'sent', { path, targets: [first!.key] }).pass(100);
    journal.node().workers = [second!];
    journal
      .census('web-1')
      .fault('web-1', 'landed', { path, targets: [first!.key] })
      .pass(300);
    journal.node().workers = [processOf(700, journal.node().master!.pid, 'worker', 9_999), second!];
    const { receipts, verdict } = await judged(journal.census('web-1').pass(10_000));
    const byId = Object.fromEntries(receipts[0]!.claims.map((each) => [each.id, each]));
    expect(byId['share-restored']).toMatchObject({
      state: 'not-applicable',
      reason: expect.stringContaining('one worker') as string,
    });
    expect(verdict).toBe('pass');
  });

  it('a freeze that was healed keeps the process: old-gone, new-there and same-service do not apply', async () => {
    const plan = planFor();
    const frozen = planFor({ rounds: [{ ...plan.rounds[0]!, fault: { kind: 'freeze', options: { for: 3_000 } } }] });
    const journal = new JournalBuilder(frozen).steady();
    const path = { name: 'freeze', subject: 'master', expects: 'either' } as const;
    journal.fault('web-1', 'sent', { path, fault: 'freeze' });
    journal.node().hung = true;
    journal.fault('web-1', 'landed', { path, fault: 'freeze' }).pass(3_000);
    journal.node().hung = false;
    journal.fault('web-1', 'healed', { path, fault: 'freeze' });
    const { receipts, verdict } = await judged(journal.pass(12_000));
    const kept = receipts[0]!.claims.filter(({ state }) => state === 'not-applicable').map(({ id }) => id);
    expect(kept).toEqual(['old-gone', 'new-there', 'same-service']);
    expect(receipts[0]!.claims.filter(({ state }) => state === 'held')).toHaveLength(7);
    expect(receipts[0]!.waterfallMs.ready).toBeGreaterThanOrEqual(3_000);
    expect(verdict).toBe('pass');
  });

  it('the supervisor killed and nobody starts a new one: supervised is broken, the server was kept', async () => {
    const journal = new JournalBuilder().steady();
    const path = { name: 'kill-supervisor', subject: 'supervisor', expects: 'replaced' } as const;
    const targets = [journal.node().supervisor.key];
    journal.fault('web-1', 'sent', { path, targets }).pass(100);
    journal.node().supervisor = { ...journal.node().supervisor, zombie: true };
    journal.census('web-1').fault('web-1', 'landed', { path, targets });
    const { receipts } = await judged(journal.pass(25_000));
    const byId = Object.fromEntries(receipts[0]!.claims.map((each) => [each.id, each.state]));
    expect(byId).toMatchObject({
      'old-gone': 'held',
      'new-there': 'broken',
      supervised: 'broken',
      answers: 'held',
      'serves-load': 'held',
      'same-service': 'not-applicable',
    });
  });

  it('a later restart by policy closes a receipt early and opens its own', async () => {
    const journal = killed().pass(3_000);
    journal.quotes('web-1', 'mem_usage dispatched: restart', {
      action: 'restart-by-policy',
      policy: 'memory',
      detail: '228 of 213 MiB',
    });
    journal.pass(200).die('web-1').pass(1_000).spawn('web-1').says('web-1', 'running', 'up');
    const { receipts, verdict } = await judged(journal.pass(10_000));
    expect(receipts.map(({ restart, trigger, closedEarly }) => [restart, trigger.kind, closedEarly])).toEqual([
      [1, 'fault', true],
      [2, 'policy', false],
    ]);
    expect(verdict).toBe('pass');
  });

  it('a policy line that arrives after its restart was seen still accounts for it', async () => {
    const journal = new JournalBuilder().steady().die('web-2').pass(500);
    journal.quotes('web-2', 'restart', { action: 'restart-by-policy', policy: 'memory' }).pass(500).spawn('web-2');
    const { receipts, findings } = await judged(journal.says('web-2', 'running', 'up').pass(10_000));
    expect(receipts.map(({ node, trigger }) => [node, trigger.kind])).toEqual([['web-2', 'policy']]);
    expect(findings.map(({ check }) => check)).not.toContain('deaths-accounted-for');
  });

  it('a restart that nothing accounts for gets a receipt and fails', async () => {
    const journal = new JournalBuilder().steady().die('web-2').pass(500).spawn('web-2').says('web-2', 'running', 'up');
    const { receipts, findings, verdict } = await judged(journal.pass(10_000));
    expect(receipts.map(({ node, trigger }) => [node, trigger.kind])).toEqual([['web-2', 'unexplained']]);
    expect(findings.filter(({ severity }) => severity === 'fail').map(({ check }) => check)).toEqual([
      'deaths-accounted-for',
    ]);
    expect(verdict).toBe('fail');
  });

  it('what ends before the load or while the tier is taken down is the run itself', async () => {
    const journal = new JournalBuilder().boot().pass(2_000).die('web-1').spawn('web-1').says('web-1', 'running', 'up');
    journal.musterEnds().loadStarts().pass(5_000).killAndReturn().pass(10_000);
    const { receipts, verdict } = await judged(journal);
    expect(receipts).toHaveLength(1);
    expect(receipts[0]?.path).toEqual(KILL_MASTER);
    expect(verdict).toBe('pass');
  });
});
