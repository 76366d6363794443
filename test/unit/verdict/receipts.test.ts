// Each claim of a receipt, held, broken and not observed, on journals of a small tier.
import { describe, expect, it } from 'vitest';
import { judgeEnvironment } from '../../../harness/verdict/judge.js';
import type { ClaimId, EnvironmentResult } from '../../../harness/verdict/model.js';
import { JournalBuilder, KILL_MASTER, planFor, processOf } from './journal-builder.js';

async function judged(journal: JournalBuilder): Promise<EnvironmentResult> {
  return judgeEnvironment(journal.plan, journal.end());
}

/** State and evidence of a claim in the first receipt. */
async function claim(journal: JournalBuilder, id: ClaimId): Promise<string> {
  const { receipts } = await judged(journal);
  const found = receipts[0]?.claims.find((each) => each.id === id);
  return found ? `${found.state}: ${found.evidence}${found.reason ?? ''}` : 'no receipt';
}

const killed = (): JournalBuilder => new JournalBuilder().steady().killAndReturn();

describe('a node that comes back after a kill', () => {
  it('has ten claims held, each with its moment, and a waterfall in order', async () => {
    const { receipts, verdict, findings } = await judged(killed().pass(8_000));
    expect(findings).toEqual([]);
    expect(verdict).toBe('pass');
    expect(receipts).toHaveLength(1);
    const [receipt] = receipts;
    expect(receipt?.claims.map(({ state }) => state)).toEqual(Array<string>(10).fill('held'));
    expect(receipt?.claims.every(({ atMs }) => atMs !== undefined && atMs >= 5_000)).toBe(true);
    expect(receipt?.startedMs).toBe(5_000);
    expect(receipt?.closedEarly).toBe(false);
    const steps = Object.values(receipt?.waterfallMs ?? {});
    expect(Object.keys(receipt?.waterfallMs ?? {})).toHaveLength(8);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    // The supervisor's word came at 0.1 s, the new process at 1.6 s.
    expect(receipt?.waterfallMs).toMatchObject({ landed: 100, exec: 1_600, bound: 1_600 });
  });

  it('is held for 5 s after it was recovered, longer where its output takes longer', async () => {
    const short = (await judged(killed().pass(10_000))).receipts[0]!;
    const recoveredMs = Math.max(...short.claims.map(({ atMs }) => atMs ?? 0));
    expect(short.judgedMs - recoveredMs).toBe(5_000);
    // 40 requests a second of 450 bytes: 128 KiB take 7.3 s.
    const plan = planFor();
    const writing = planFor({ facts: { ...plan.facts, outputBytesPerRequest: 450 } });
    const long = (await judged(new JournalBuilder(writing).steady().killAndReturn().pass(15_000))).receipts[0]!;
    expect(long.judgedMs - Math.max(...long.claims.map(({ atMs }) => atMs ?? 0))).toBeGreaterThan(7_000);
  });
});

describe('claims that break', () => {
  it('old-gone: a worker outlives its master beyond the patience of its server', async () => {
    const journal = new JournalBuilder().steady();
    const orphan = { ...journal.node().workers[0]!, role: 'stray' as const, ppid: 1 };
    journal.fault('web-1', 'sent').pass(100);
    journal.node().extra = [orphan];
    journal
      .die('web-1')
      .fault('web-1', 'landed')
      .pass(1_000)
      .spawn('web-1')
      .says('web-1', 'running', 'up')
      .pass(22_000);
    expect(await claim(journal, 'old-gone')).toMatch(
      /^broken: worker pid \d+ still there .* after its master \(patience 2\.0 s\)/,
    );
    expect(await claim(journal, 'settled')).toMatch(/^broken: left over/);
  });

  it('new-there and answers: it never returns', async () => {
    const journal = new JournalBuilder()
      .steady()
      .fault('web-1', 'sent')
      .pass(100)
      .die('web-1')
      .fault('web-1', 'landed');
    journal.says('web-1', 'starting', 'down').pass(1_000).backend('web-1', false, 'L4CON').pass(22_000);
    const { receipts, findings, summary } = await judged(journal);
    const states = Object.fromEntries(receipts[0]!.claims.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject({
      'old-gone': 'held',
      'new-there': 'broken',
      answers: 'broken',
      'balancer-up': 'broken',
    });
    expect(states['same-service']).toBe('not-observed');
    expect(findings.map(({ check }) => check)).toContain('every-node-returns');
    expect(findings.every(({ check }) => check === 'every-node-returns')).toBe(true);
    expect(summary).toMatch(
      /^production: FAIL\. web-1 had its master killed at 5\.0 s and has not answered since 5\.\d s/,
    );
  });

  it('supervised: it answers, but the supervisor gave up, or tracks another process, or is gone itself', async () => {
    const gaveUp = new JournalBuilder().steady().killAndReturn();
    gaveUp.says('web-1', 'unmonitored', 'unmonitored').pass(22_000);
    expect(await claim(gaveUp, 'supervised')).toMatch(/^broken: bluepill says "unmonitored"; it was true until/);

    const elsewhere = new JournalBuilder().steady().killAndReturn();
    elsewhere.node().trackedPid = 999;
    elsewhere.says('web-1', 'running', 'up').pass(22_000);
    expect(await claim(elsewhere, 'supervised')).toMatch(/^broken: .*tracks pid 999, but pid \d+ owns the port/);

    const gone = new JournalBuilder().steady().killAndReturn();
    gone.node().supervisor = { ...gone.node().supervisor, zombie: true };
    gone.census('web-1').pass(22_000);
    expect(await claim(gone, 'supervised')).toMatch(/^broken: bluepill itself \(pid 10\) is gone/);
  });

  it('owns-socket: somebody else holds the listener too', async () => {
    const journal = killed();
    journal.node().extra = [processOf(900, 1, 'stray', 5, { holdsListener: true })];
    expect(await claim(journal.census('web-1').pass(22_000), 'owns-socket')).toMatch(
      /^broken: .*shares the listener with stray pid 900/,
    );
  });

  it('answers: true for a while and not at the end is broken, with the last look', async () => {
    const journal = killed().pass(2_000);
    journal.node().hung = true;
    expect(await claim(journal.pass(22_000), 'answers')).toMatch(
      /^broken: 0 of 5 direct answers since 8\.8 s; connects, then no byte in 2\.0 s; it was true until/,
    );
    expect(await claim(killedAndHung(), 'serves-load')).toMatch(/^broken: last answer to the load at/);
    expect(await claim(killedAndHung(), 'share-restored')).toMatch(/^broken: no share of the load since/);
  });

  it('answers: it is a stranger that answers', async () => {
    const journal = killed();
    const stranger = processOf(900, 1, 'stray', 5, { holdsListener: true });
    journal.node().workers = [{ ...stranger, role: 'worker' }];
    const plan = journal.plan;
    const events = journal.pass(22_000).end();
    const foreign = events.map((event) =>
      event.kind === 'probe' && event.generation?.startsWith('900.')
        ? { ...event, generation: '900.5.x/1.1.x' }
        : event,
    );
    const { receipts } = await judgeEnvironment(plan, foreign);
    expect(receipts[0]?.claims.find(({ id }) => id === 'answers')).toMatchObject({ state: 'broken' });
  });

  it('same-service: a changed variable and a lower limit, each named; volatile names do not count', async () => {
    const drifted = new JournalBuilder().steady().killAndReturn('web-1', 1_000, {
      env: { PATH: 'text:/usr/bin', RAILS_ENV: 'hash:bb', INVOCATION_ID: 'hash:02' },
      rlimits: { 'open files': '256/4096' },
    });
    expect(await claim(drifted.pass(22_000), 'same-service')).toMatch(
      /^broken: differs from pid \d+: variable RAILS_ENV changed; limit open files 1024\/4096 -> 256\/4096/,
    );
  });

  it('same-service: what is declared holds, and the evidence says so', async () => {
    const journal = new JournalBuilder().boot();
    journal.add({
      kind: 'declared',
      atMs: journal.nowMs,
      argv: ['unicorn master -c /etc/shop/unicorn.rb'],
      env: {},
      cwd: '/srv/shop',
    });
    journal.musterEnds().loadStarts().pass(5_000);
    journal.killAndReturn('web-1', 1_000, { argv: ['unicorn master', '-c', '/etc/shop/unicorn.rb'] });
    expect(await claim(journal.pass(10_000), 'same-service')).toBe('held: -D gone, as declared');
  });

  it('settled: a second copy, a zombie, a wrong pid file, a counter that goes on', async () => {
    const twice = killed();
    twice.node().extra = [processOf(900, 10, 'starting', 5, { holdsListener: false })];
    expect(await claim(twice.census('web-1').pass(22_000), 'settled')).toMatch(
      /^broken: a second copy is starting: pid 900/,
    );

    const zombie = killed();
    zombie.node().extra = [processOf(900, 10, 'stray', 5, { zombie: true })];
    expect(await claim(zombie.census('web-1').pass(22_000), 'settled')).toMatch(/^broken: a zombie: pid 900/);

    const stale = killed();
    stale.node().pidFile = 77;
    expect(await claim(stale.census('web-1').pass(22_000), 'settled')).toMatch(
      /^broken: the pid file \/run\/unicorn.pid names pid 77/,
    );

    const counting = new JournalBuilder().steady().says('web-1', 'running', 'up', { restarts: 0 });
    counting.killAndReturn().says('web-1', 'running', 'up', { restarts: 1 }).pass(3_000);
    counting.says('web-1', 'running', 'up', { restarts: 2 }).pass(22_000);
    expect(await claim(counting, 'settled')).toMatch(/^broken: the restart counter moved again at .* \(0 -> 2\)/);
  });
});

function killedAndHung(): JournalBuilder {
  const journal = killed().pass(2_000);
  journal.node().hung = true;
  return journal.pass(22_000);
}

describe('claims that nobody could see', () => {
  it('are not observed when their observer went blind, and the run is inconclusive', async () => {
    const journal = killed();
    journal.add({
      kind: 'blind',
      atMs: journal.nowMs,
      who: 'agent',
      node: 'web-1',
      state: 'lost',
      evidence: 'the shell ended',
    });
    const { receipts, verdict } = await judged(journal.pass(25_000));
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
