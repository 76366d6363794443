// How exactly the open model sees an outage, as the sentinel does: each request at a due time of its own, on a connection
// of its own. The truth is the server's log; what this process itself was late is measured, and not held against it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monotonicMs, waitFor } from '../../harness/core/clock.js';
import { Books } from '../../harness/load/books.js';
import { OpenDriver, type Outcome } from '../../harness/load/open/driver.js';
import type { LoadPlan } from '../../harness/plan/load-plan.js';
import { CountingServer } from './load/served.js';

const RATE = 100;
const GAP_MS = 1_000 / RATE;
const NEAR_MS = 20;
const WAIT_MS = 30_000;
const SMALL = { files: Infinity, ports: 50 };

const PLAN: LoadPlan = {
  engine: { kind: 'open', options: {} },
  model: 'open',
  requests: [{ name: 'ok', method: 'GET', path: '/ok', headers: {}, weight: 1 }],
  stages: [{ level: RATE, rampMs: 0 }],
  think: { kind: 'constant', ms: 0 },
  sessions: false,
  arrivals: 'even',
  connections: 'fresh',
  timeoutMs: 20_000,
};

class Watch {
  readonly outcomes: Outcome[] = [];
  readonly books: Books;
  readonly driver: OpenDriver;

  constructor(
    server: CountingServer,
    more: Partial<LoadPlan> = {},
    bounds: { readonly bounds?: { readonly files: number; readonly ports: number } } = {},
  ) {
    const startMs = monotonicMs();
    this.books = new Books(startMs);
    this.driver = new OpenDriver({
      plan: { ...PLAN, ...more },
      seed: 1,
      target: server.target,
      books: this.books,
      onOutcome: (outcome) => this.outcomes.push(outcome),
      ...bounds,
    });
    this.driver.start(startMs);
  }

  get failures(): readonly Outcome[] {
    return this.outcomes.filter(({ kind }) => kind !== undefined);
  }

  get answers(): readonly Outcome[] {
    return this.outcomes.filter(({ kind }) => kind === undefined);
  }

  until(what: string, isTrue: () => boolean): Promise<true> {
    return waitFor(
      () =>
        isTrue()
          ? { done: true, value: true }
          : { done: false, evidence: JSON.stringify(this.outcomes.at(-1) ?? null) },
      { what, deadlineMs: WAIT_MS, everyMs: 10 },
    );
  }

  async end(): Promise<void> {
    this.driver.retire();
    await this.until('what is in flight to end', () => this.books.inFlight === 0);
  }
}

describe('the open driver', () => {
  let server: CountingServer;
  let watch: Watch | undefined;

  beforeEach(async () => {
    server = await new CountingServer().start();
  });

  afterEach(async () => {
    watch?.driver.close();
    await server.remove();
  });

  it('finds both edges of an outage', async () => {
    const seen = (watch = new Watch(server));
    await seen.until('50 answers', () => seen.answers.length >= 50);
    const killedMs = await server.kill();
    const deadMs = monotonicMs();
    await seen.until('1 s of failures', () => (seen.outcomes.at(-1)?.endedMs ?? 0) > killedMs + 1_000);
    const servedBefore = server.completed;
    await server.start();
    const { listeningMs } = server;
    await seen.until('50 answers', () => seen.answers.filter(({ endedMs }) => endedMs > killedMs).length >= 50);
    await seen.end();

    const { lateness } = seen.books.totals();
    const leewayMs = NEAR_MS + lateness.maxMs;
    const firstFailure = seen.failures[0]?.endedMs ?? Infinity;
    expect(firstFailure, `late by up to ${lateness.maxMs} ms`).toBeGreaterThanOrEqual(killedMs);
    expect(firstFailure, `late by up to ${lateness.maxMs} ms`).toBeLessThanOrEqual(deadMs + GAP_MS + leewayMs);
    const firstServedMs = server.times('completed')[servedBefore] ?? Infinity;
    const firstAnswer = seen.answers.find(({ dueMs, endedMs }) => dueMs > killedMs && endedMs > deadMs)?.endedMs ?? 0;
    expect(firstAnswer).toBeGreaterThanOrEqual(firstServedMs);
    expect(firstAnswer, `late by up to ${lateness.maxMs} ms`).toBeLessThanOrEqual(firstServedMs + leewayMs);
    // Between the two each request that was due failed, one attempt each: the number is the outage.
    const dark = seen.failures.filter(({ dueMs }) => dueMs > deadMs && dueMs < listeningMs - leewayMs);
    const expected = (listeningMs - leewayMs - deadMs) / GAP_MS;
    expect(Math.abs(dark.length - expected)).toBeLessThanOrEqual(1);
    expect(new Set(dark.map(({ kind }) => kind))).toEqual(new Set(['refused']));
  });

  it.each(['kept', 'fresh'] as const)(
    'asks for each request once, also on %s connections that break',
    async (connections) => {
      const seen = (watch = new Watch(server, { connections }));
      for (let time = 1; time <= 5; time += 1) {
        await seen.until('answers', () => seen.answers.length >= time * 20);
        await server.order('rst');
      }
      await seen.until('answers', () => seen.answers.length >= 120);
      await seen.end();
      const { offered, answered, failed } = seen.books.totals();
      expect(Object.keys(failed)).toEqual(['reset']);
      expect(server.received).toBeLessThanOrEqual(offered);
      expect(offered - server.received).toBeLessThanOrEqual(failed.reset ?? 0);
      expect(answered + (failed.reset ?? 0)).toBe(offered);
      expect(seen.outcomes.length).toBe(offered);
    },
  );

  it('goes on asking while nobody answers, until it has no room; what it does not send is counted', async () => {
    const room = 30;
    const seen = (watch = new Watch(server, {}, { bounds: { files: Infinity, ports: room } }));
    await seen.until('50 answers', () => seen.answers.length >= 50);
    server.signal('SIGSTOP');
    const since = seen.books.totals();
    await seen.until('20 unsent', () => seen.books.totals().unsent >= since.unsent + 20);
    const { offered, answered, unsent, inFlight } = seen.books.totals();
    expect(inFlight).toBe(room);
    const more = answered - since.answered + (unsent - since.unsent) + (inFlight - since.inFlight);
    expect(offered - since.offered).toBe(more);
    server.signal('SIGCONT');
    await seen.end();
    const totals = seen.books.totals();
    expect(totals.failed).toEqual({});
    expect(totals.answered).toBe(server.completed);
    // From when they were due, not from when the server could take them.
    const slowest = Math.max(...seen.answers.map(({ dueMs, endedMs }) => endedMs - dueMs));
    expect(slowest).toBeGreaterThan(20 * GAP_MS);
  });

  it('is on time: each request is due where the plan says, whatever became of the one before', async () => {
    const seen = (watch = new Watch(server));
    await seen.until('50 answers', () => seen.answers.length >= 50);
    await server.kill();
    await seen.until('50 failures', () => seen.failures.length >= 50);
    await seen.end();
    const due = seen.outcomes.map(({ dueMs }) => dueMs).sort((a, b) => a - b);
    const first = due[0] ?? 0;
    for (const [index, ms] of due.entries()) expect(ms).toBeCloseTo(first + index * GAP_MS, 3);
    for (const { dueMs, sentMs } of seen.outcomes) expect(sentMs).toBeGreaterThanOrEqual(dueMs);
  });

  it('lets answers and orders have their turn when more is due than any machine can send', async () => {
    const books = new Books(monotonicMs());
    const plan = { ...PLAN, stages: [{ level: 1e9, rampMs: 0 }] };
    const driver = new OpenDriver({ plan, seed: 1, target: server.target, books, bounds: SMALL });
    driver.start();
    await waitFor(
      () =>
        server.received > 0 ? { done: true, value: true } : { done: false, evidence: JSON.stringify(books.totals()) },
      { what: 'a request to be received', deadlineMs: WAIT_MS },
    );
    driver.close();
    expect(books.totals().unsent).toBeGreaterThan(0);
  });

  it('books as unsent what it was behind with when it is stopped', () => {
    const [rate, behindMs] = [1_000_000, 300];
    const books = new Books(monotonicMs());
    const plan = { ...PLAN, stages: [{ level: rate, rampMs: 0 }] };
    const driver = new OpenDriver({ plan, seed: 1, target: server.target, books, bounds: SMALL });
    // Its first turn sends for some milliseconds, and does not get through all of that.
    driver.start(monotonicMs() - behindMs);
    driver.retire();
    const { offered, unsent, inFlight, balance } = books.totals();
    driver.close();
    expect(offered).toBeGreaterThanOrEqual((rate * behindMs) / 1_000);
    expect({ balance, sent: offered - unsent }).toEqual({ balance: 0, sent: inFlight });
  });

  it('does not send what is later than its time-out, and is on time again with the rest', async () => {
    const books = new Books(monotonicMs());
    const sent: Outcome[] = [];
    const onOutcome = (outcome: Outcome): void => void sent.push(outcome);
    const driver = new OpenDriver({ plan: PLAN, seed: 1, target: server.target, books, onOutcome });
    const nowMs = monotonicMs();
    driver.start(nowMs - 2 * PLAN.timeoutMs);
    await waitFor(
      () =>
        sent.some(({ dueMs }) => dueMs > nowMs)
          ? { done: true, value: true }
          : { done: false, evidence: JSON.stringify(sent.at(-1) ?? null) },
      { what: 'the end of a request that was due after the start', deadlineMs: WAIT_MS },
    );
    driver.close();
    const tooLate = (PLAN.timeoutMs / 1_000) * RATE;
    expect(books.totals().unsent).toBeGreaterThanOrEqual(tooLate - 1);
    for (const { dueMs, sentMs } of sent) expect(sentMs - dueMs).toBeLessThanOrEqual(PLAN.timeoutMs);
  });
});
