// Each claim of a receipt, held, broken and not observed, on journals of a small tier.
import { describe, expect, it } from 'vitest';
import { judgeEnvironment } from '../../../harness/verdict/judge.js';
import type { ClaimId, EnvironmentResult } from '../../../harness/verdict/model.js';
import { JournalBuilder, processOf } from './journal-builder.js';
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
    const journal = new JournalBuilder().steady().kill().pass(1_000).backend('web-1', false, 'L4CON').pass(22_000);
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

  it('supervised: two shells stand between the supervisor and the server', async () => {
    const journal = killed();
    const node = journal.node();
    node.extra = [processOf(800, 10, 'starting', 5), processOf(801, 800, 'starting', 5)];
    node.master = { ...node.master!, ppid: 801 };
    node.trackedPid = 800;
    journal.census('web-1').says('web-1', 'running', 'up').pass(22_000);
    expect(await claim(journal, 'supervised')).toMatch(/^held: .*tracks pid 800/);
    expect(await claim(journal, 'settled')).toMatch(/^held: one master/);
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
      /^broken: 0 of 5 direct answers since 8\.8 s; connects, then no byte in 2\.0 s$/,
    );
    expect(await claim(killedAndHung(), 'serves-load')).toMatch(/^broken: last answer to the load at/);
    expect(await claim(killedAndHung(), 'share-restored')).toMatch(/^broken: no share of the load since/);
  });

  it('answers: what is left of the old server still does, and no new one is there', async () => {
    const journal = new JournalBuilder().steady();
    const orphan = { ...journal.node().workers[0]!, role: 'stray' as const, ppid: 1 };
    journal.fault('web-1', 'sent').pass(100).die('web-1');
    journal.node().master = orphan;
    journal.census('web-1').fault('web-1', 'landed').says('web-1', 'starting', 'starting').pass(22_000);
    const { summary } = await judged(journal);
    expect(summary).toMatch(
      /is still answered for by what should be gone: no new master holds the listener; there are stray pid \d+\.$/,
    );
    expect(summary).not.toContain('has not answered');
  });

  it('answers: it came back after its receipt was judged', async () => {
    const journal = new JournalBuilder().steady().fault('web-1', 'sent').pass(100).die('web-1');
    journal.census('web-1').fault('web-1', 'landed').says('web-1', 'starting', 'starting').pass(22_000);
    journal.spawn('web-1').says('web-1', 'running', 'up').pass(20_000);
    expect((await judged(journal)).summary).toMatch(
      /killed at 5\.0 s and did not answer again before 27\.\d s: 0 of 5 direct answers since 5\.\d s; connection refused/,
    );
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

    const looping = killed();
    for (let pid = 900; pid < 925; pid += 1) {
      looping.node().extra = [processOf(pid, 10, 'starting', 5, { holdsListener: false })];
      looping.node().trackedPid = pid;
      looping.says('web-1', 'running', 'up').census('web-1').pass(400);
      looping.node().extra = [];
      looping.census('web-1').pass(600);
    }
    expect(await claim(looping, 'settled')).toMatch(/^broken: a second copy is started again and again: \d+ times/);

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
    const racing = new JournalBuilder().steady().says('web-1', 'running', 'up', { restarts: 0 }).killAndReturn();
    for (const restarts of [1, 2, 3, 4, 5]) racing.says('web-1', 'running', 'up', { restarts }).pass(100);
    expect(await claim(racing.pass(8_000), 'settled')).toMatch(
      /^broken: the restart counter moved again at .* \(0 -> 5\)/,
    );
  });
});

function killedAndHung(): JournalBuilder {
  const journal = killed().pass(2_000);
  journal.node().hung = true;
  return journal.pass(22_000);
}
