// Verdicts of whole environments and runs: the negative controls, the flagship's cascade, exit codes, and that the same
// journal always gives the same result, live or replayed.
import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../harness/core/emitter.js';
import type { JournalEvent } from '../../../harness/record/events.js';
import type { RunMeta } from '../../../harness/record/store.js';
import { judgeEnvironment, judgeRun } from '../../../harness/verdict/judge.js';
import { LiveReceipts } from '../../../harness/verdict/live.js';
import type { EnvironmentResult } from '../../../harness/verdict/model.js';
import { ReceiptTracker } from '../../../harness/verdict/receipts/tracker.js';
import { JournalBuilder, processOf } from './journal-builder.js';
import { planFor } from './test-plan.js';

const META: RunMeta = {
  schemaVersion: 1,
  runId: 'r',
  scenario: 'test',
  file: 'scenarios/test.ts',
  seed: 7,
  startedAt: '2026-01-01T00:00:00.000Z',
  environments: ['production'],
  leftBehind: [],
  unwritable: null,
};

async function judged(journal: JournalBuilder, events = journal.end()): Promise<EnvironmentResult> {
  return judgeEnvironment(journal.plan, events);
}

function exitOf(environment: EnvironmentResult, meta: Partial<RunMeta> = {}): number {
  return judgeRun({ ...META, ...meta }, [environment]).exitCode;
}

const names = ({ findings }: EnvironmentResult): readonly string[] =>
  [...new Set(findings.map(({ check }) => check))].sort();

const healthy = (): JournalBuilder => new JournalBuilder().steady().killAndReturn().pass(10_000);

/**
 * web-1 is pushed over its limit, hangs after its restart, and its load drags the others along. `word`: whether the
 * supervisor's line is read before what it does is seen, or after.
 */
function fallen(word: 'before' | 'after' = 'before'): JournalBuilder {
  const plan = planFor();
  const path = { name: 'policy-restart', subject: 'master', expects: 'replaced' } as const;
  const journal = new JournalBuilder({
    ...plan,
    environment: { ...plan.environment, expect: { verdict: 'fail', findings: ['every-node-returns', 'no-cascade'] } },
  });
  journal.boot().musterEnds().loadStarts().pass(20_000);
  const restart = (name: string, detail: string): void => {
    const quoted = (): unknown =>
      journal.quotes(name, 'mem_usage dispatched: restart', { action: 'restart-by-policy', policy: 'memory', detail });
    if (word === 'before') quoted();
    journal.pass(200).die(name).says(name, 'starting', 'restarting');
    if (word === 'after') quoted();
    journal.pass(1_000).spawn(name).pass(3_000);
    journal.quotes(name, 'Did you forget to tell bluepill to daemonize this process?', { action: 'configuration' });
    journal.says(name, 'running', 'up').node(name).hung = true;
  };
  journal.fault('web-1', 'sent', { fault: 'policy-restart', path }).pass(2_000);
  restart('web-1', '228 of 213 MiB');
  journal.fault('web-1', 'landed', { fault: 'policy-restart', path }).pass(6_000).backend('web-1', false, 'L7TOUT');
  for (const name of ['web-2', 'web-3', 'web-4']) journal.node(name).memoryMiB = 214;
  journal.pass(6_000);
  for (const name of ['web-4', 'web-3', 'web-2']) restart(name, '214 of 213 MiB');
  return journal.pass(12_000);
}

describe('the flagship', () => {
  it.each(['before', 'after'] as const)('tells who fell, why, and that nobody noticed: word %s deed', async (word) => {
    const result = await judged(fallen(word));
    expect(result.verdict).toBe('fail');
    expect(result.asExpected).toBe(true);
    expect(names(result)).toEqual(expect.arrayContaining(['every-node-returns', 'no-cascade']));
    expect(result.smokeGreen).toBe(true);
    expect(result.smokeEvidence).toBe('4 of 4 nodes answered 200');
    expect(Object.values(result.supervisorsSay)).toEqual(['up', 'up', 'up', 'up']);
    expect(result.cascade.happened).toBe(true);
    expect(result.cascade.chain.map(({ node, relation }) => [node, relation])).toEqual([
      ['web-1', 'hit'],
      ['web-4', 'because'],
      ['web-3', 'because'],
      ['web-2', 'because'],
    ]);
    expect(result.cascade.chain[1]?.evidence).toBe(
      'restarted by policy (memory), share 25 % -> 33 %, memory 195 -> 214 MiB (limit 213 MiB)',
    );
    expect(result.cascade.outageMs).toBeGreaterThan(10_000);
    expect(result.receipts.map(({ node, trigger }) => [node, trigger.kind])).toEqual([
      ['web-1', 'fault'],
      ['web-4', 'policy'],
      ['web-3', 'policy'],
      ['web-2', 'policy'],
    ]);
    expect(result.summary).toMatch(
      /^production: FAIL\. web-1 was restarted by bluepill \(memory 228 of 213 MiB\) and has not answered since 26\.\d s, though bluepill says "up" and pid \d+ owns the port; bluepill: "Did you forget to tell bluepill to daemonize this process\?"\. web-2, web-3 and web-4, never touched, followed at \+33 % load\. Total outage \d+ s after the first restart\.$/,
    );
    expect(result.timeline.map(({ atMs }) => atMs)).toEqual(
      result.timeline.map(({ atMs }) => atMs).sort((a, b) => a - b),
    );
    expect(result.timeline.at(-1)?.text).toMatch(/^TOTAL OUTAGE, .* bluepill says: up, up, up, up$/);
    expect(exitOf(result)).toBe(0);
  });

  it('an untouched node that restarts by policy and comes back is no cascade, but has its receipt', async () => {
    const journal = new JournalBuilder().steady().killAndReturn().pass(10_000);
    journal.quotes('web-2', 'restart', { action: 'restart-by-policy', policy: 'memory' }).pass(200).die('web-2');
    journal.pass(1_000).spawn('web-2').says('web-2', 'running', 'up').pass(10_000);
    const result = await judged(journal);
    expect(result.cascade.happened).toBe(false);
    expect(result.receipts.map(({ trigger }) => trigger.kind)).toEqual(['fault', 'policy']);
    expect(result.verdict).toBe('pass');
  });
});

describe('negative controls', () => {
  it('a supervisor that has given up while an orphan answers, from the start: muster, 99', async () => {
    const journal = new JournalBuilder().boot();
    journal.says('web-1', 'failed', 'failed').musterEnds();
    const result = await judged(journal);
    expect(result.findings).toMatchObject([{ check: 'muster', node: 'web-1', claim: 'supervised', severity: 'fail' }]);
    expect(exitOf(result)).toBe(99);
  });

  it('a node that does not answer at the muster: no steady state, 106', async () => {
    const journal = new JournalBuilder().boot();
    journal.node().hung = true;
    const result = await judged(journal.musterEnds());
    expect(names(result)).toEqual(['steady-state']);
    expect(exitOf(result)).toBe(106);
    expect(result.summary).toContain('no steady state before the first fault: web-1 did not answer');
  });

  it('a run that ends at a muster with which every check is content has proved nothing: 100', async () => {
    const result = await judged(new JournalBuilder().boot().musterEnds());
    expect(names(result)).toEqual(['faults-landed']);
    expect(result.summary).toContain('No round was played');
    expect(exitOf(result)).toBe(100);
  });

  it('a tier that gets sick before the first fault: 106', async () => {
    const journal = new JournalBuilder().steady();
    journal.add({ kind: 'steady', atMs: journal.nowMs, round: 1, ok: false, evidence: 'web-1: answers 503' });
    journal.add({
      kind: 'round',
      atMs: journal.nowMs,
      round: 1,
      step: 0,
      state: 'skipped',
      evidence: 'the tier was not steady',
    });
    const result = await judged(journal);
    expect(names(result)).toEqual(['steady-state']);
    expect(exitOf(result)).toBe(106);
  });

  it('a fault that misses: inconclusive, 100, and no receipt', async () => {
    const journal = new JournalBuilder().steady().fault('web-1', 'sent', { targets: [] }).pass(500);
    journal.fault('web-1', 'missed', { targets: [], evidence: 'no worker is running' }).pass(2_000);
    const result = await judged(journal);
    expect(names(result)).toEqual(['faults-landed']);
    expect(result.receipts).toEqual([]);
    expect(exitOf(result)).toBe(100);
  });

  it('a fault that misses after minutes is not judged meanwhile; nor one that the run ends on', async () => {
    const path = { name: 'policy-restart', subject: 'master', expects: 'replaced' } as const;
    const pushed = (): JournalBuilder =>
      new JournalBuilder().steady().fault('web-1', 'sent', { path, fault: 'policy-restart' }).pass(150_000);
    const missed = await judged(
      pushed().fault('web-1', 'missed', { path, fault: 'policy-restart', targets: [], evidence: 'nothing happened' }),
    );
    expect(names(missed)).toEqual(['faults-landed']);
    expect(missed.receipts).toEqual([]);
    const cut = await judged(pushed());
    expect(cut.verdict).toBe('inconclusive');
    expect(cut.receipts[0]!.claims.map(({ state }) => state)).not.toContain('broken');
  });

  it("a policy that looks late is answered for from then on: the time before is nobody's recovery", async () => {
    const path = { name: 'policy-restart', subject: 'master', expects: 'replaced' } as const;
    const journal = new JournalBuilder()
      .steady()
      .fault('web-1', 'sent', { path, fault: 'policy-restart' })
      .pass(150_000);
    journal.die('web-1').fault('web-1', 'landed', { path, fault: 'policy-restart' });
    journal.says('web-1', 'starting', 'down').pass(8_000).spawn('web-1').says('web-1', 'running', 'up').pass(15_000);
    const result = await judged(journal);
    expect(result.findings).toEqual([]);
    expect(result.verdict).toBe('pass');
  });

  it.each([
    ['late', { lateness: { p50Ms: 5, p99Ms: 400, maxMs: 900 } }],
    ['starved', { cpuShare: 0.97 }],
    ['wrong in its books', { balance: 3 }],
  ])('a generator that is %s: inconclusive, 100', async (_word, totals) => {
    const journal = healthy();
    const result = await judged(journal, journal.end(totals));
    expect(names(result)).toEqual(['load-was-real']);
    expect(exitOf(result)).toBe(100);
  });

  it('a tier that does not boot: 101; out of time: 102; interrupted: 130; terminated: 143', async () => {
    const cut = async (
      reason: 'boot-failed' | 'max-time' | 'interrupted' | 'terminated',
    ): Promise<EnvironmentResult> => {
      const journal = reason === 'boot-failed' ? new JournalBuilder() : new JournalBuilder().steady();
      journal.add({ kind: 'cut', atMs: journal.nowMs, reason, evidence: 'node web-1 did not boot' });
      return judged(journal);
    };
    expect(exitOf(await cut('boot-failed'))).toBe(101);
    expect(exitOf(await cut('max-time'))).toBe(102);
    expect(exitOf(await cut('interrupted'))).toBe(130);
    expect(exitOf(await cut('terminated'))).toBe(143);
    expect((await cut('interrupted')).interrupted).toBe(true);
  });

  it('a journal that breaks off is never a pass', async () => {
    const journal = healthy();
    const result = await judged(journal, journal.end().slice(0, -1));
    expect(result.verdict).toBe('inconclusive');
    expect(exitOf(result)).toBe(100);
  });

  it('a worker that ends by itself: deaths-accounted-for', async () => {
    const journal = healthy();
    const [first] = journal.node('web-3').workers;
    journal.node('web-3').workers = [first!];
    const result = await judged(journal.census('web-3').pass(9_000));
    expect(names(result)).toContain('deaths-accounted-for');
    expect(exitOf(result)).toBe(99);
  });

  it('too slow, too many failures, too long dark: recovery-time and budgets', async () => {
    const plan = planFor({
      limits: { recoveredMs: 2_000, steps: { exec: 500 }, failedShare: { fault: 0.001 }, p99Ms: {}, darkMs: 500 },
      nodes: ['web-1'],
    });
    const result = await judged(new JournalBuilder(plan).steady().killAndReturn('web-1', 2_500).pass(9_000));
    expect(names(result)).toEqual(['budgets', 'recovery-time']);
    expect(result.findings.some(({ message }) => message.includes('exec took 2.6 s; the limit is 0.5 s'))).toBe(true);
  });
});

describe('windows', () => {
  it('divide the time of each node and of the tier, without gaps', async () => {
    const { windows } = await judged(healthy());
    for (const node of [null, 'web-1', 'web-2', 'web-3', 'web-4']) {
      const own = windows.filter((window) => window.node === node);
      expect(own.map(({ kind }) => kind)).toEqual(['baseline', 'fault', 'recovery', 'after']);
      own.slice(1).forEach((window, index) => expect(window.fromMs).toBe(own[index]!.toMs));
    }
    const fault = windows.find((window) => window.node === 'web-1' && window.kind === 'fault');
    expect(fault).toMatchObject({ fromMs: 4_900, toMs: 6_700, answered: expect.any(Number) as number });
    const baseline = windows.find((window) => window.node === null && window.kind === 'baseline');
    expect(baseline).toMatchObject({ perSecond: 160, failed: 0, p50Ms: expect.any(Number) as number });
  });
});

describe('the same journal', () => {
  it('gives the same bytes', async () => {
    const journal = fallen();
    const events = journal.end();
    expect(JSON.stringify(await judged(journal, events))).toBe(JSON.stringify(await judged(journal, events)));
  });

  it.each([
    ['a good restart', healthy],
    ['a fallen tier', fallen],
  ])('gives the same receipts live, with the clock ticking between events: %s', (_word, make) => {
    const journal = make();
    const events = journal.end();
    const replayed = new ReceiptTracker(journal.plan);
    for (const event of events) replayed.step(event);
    replayed.finish();
    const emitter = new Emitter<JournalEvent>();
    const live = new LiveReceipts(journal.plan, { events: emitter });
    events.forEach((event, index) => {
      emitter.emit(event);
      const untilMs = events[index + 1]?.atMs ?? event.atMs;
      for (let nowMs = event.atMs; nowMs < untilMs; nowMs += 17) live.tick(nowMs);
    });
    live.tracker.finish();
    expect(live.tracker.closed()).toEqual(replayed.closed());
    expect(live.isOpen()).toBe(false);
  });

  it('lets the conductor see a hold end although no line comes any more', () => {
    const journal = healthy();
    const live = new ReceiptTracker(journal.plan);
    const landed = journal.events.findIndex((event) => event.kind === 'fault' && event.state === 'landed');
    for (const event of journal.events.slice(0, landed + 1)) live.step(event);
    expect(live.openReceipts().map(({ node }) => node)).toEqual(['web-1']);
    expect(live.isRecovered('web-1')).toBe(false);
    live.tick(journal.events[landed]!.atMs + 60_000);
    expect(live.openReceipts()).toEqual([]);
    expect(live.closed()).toHaveLength(1);
  });
});

describe('judging a run', () => {
  it('passes when all is as expected, fails a pass that should have failed, and names what was left', async () => {
    const good = await judged(healthy());
    expect(judgeRun(META, [good])).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(judgeRun({ ...META, leftBehind: ['network x'] }, [good])).toMatchObject({ verdict: 'pass', exitCode: 103 });
    expect(judgeRun({ ...META, unwritable: 'no space' }, [good])).toMatchObject({
      verdict: 'inconclusive',
      exitCode: 100,
    });
    const tooGood = { ...good, expected: { verdict: 'fail' as const, findings: [] }, asExpected: false };
    expect(judgeRun(META, [tooGood])).toMatchObject({ verdict: 'fail', exitCode: 99 });
    expect(judgeRun({ ...META, environments: [] }, []).exitCode).toBe(130);
  });

  it('a second copy that stays is told in the summary', async () => {
    const journal = new JournalBuilder().steady().killAndReturn();
    journal.node().extra = [processOf(900, 10, 'starting', 5, { holdsListener: false })];
    const { summary } = await judged(journal.census('web-1').pass(25_000));
    expect(summary).toMatch(
      /web-1 had its master killed at 5\.0 s and answers, but settled is broken: a second copy is starting: pid 900/,
    );
  });
});
