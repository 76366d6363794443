// What the k6 engine promises, with the k6 of this machine: books that agree with what the server served, whatever
// becomes of the server; and what it cannot know is said. Skipped where there is no k6.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monotonicMs, waitFor } from '../../harness/core/clock.js';
import type { BookedFrame } from '../../harness/load/books.js';
import type { RunningLoad } from '../../harness/load/engine.js';
import { k6 } from '../../harness/load/engines/k6.js';
import { findK6 } from '../../harness/load/k6/find.js';
import type { LoadModel, LoadPlan, RequestSpec } from '../../harness/plan/plan.js';
import type { FailureKind, LoadEvent, LoadTotals, ObservedEvent } from '../../harness/record/events.js';
import { boundOf } from '../../harness/record/histogram.js';
import { failedIn, lawBrokenBy } from './load/law.js';
import { CountingServer } from './load/served.js';

const LEVEL: Readonly<Record<LoadModel, number>> = { closed: 12, open: 100 };
const WAIT_MS = 30_000;
const { signal } = new AbortController();
const found = await findK6(process.env, signal).catch(() => undefined);

function request(path: string, more: Partial<RequestSpec> = {}): RequestSpec {
  return { name: path, method: 'GET', path, headers: {}, weight: 1, ...more };
}

function script(name: string): string {
  return fileURLToPath(new URL(`./load/k6/${name}.js`, import.meta.url));
}

function kindsOf({ failed }: LoadTotals): readonly FailureKind[] {
  return Object.keys(failed).sort() as FailureKind[];
}

class Drive {
  readonly frames: BookedFrame[] = [];
  readonly events: LoadEvent[] = [];
  readonly abort = new AbortController();
  #load: RunningLoad | undefined;

  async start(plan: LoadPlan, server: CountingServer): Promise<this> {
    const take = (event: ObservedEvent): void => {
      if (event.kind === 'load') this.events.push(event as LoadEvent);
      if (event.kind === 'load-frame') this.frames.push(event as BookedFrame);
    };
    this.#load = await k6.start(plan, 1, server.target, take, this.abort.signal);
    return this;
  }

  get load(): RunningLoad {
    if (!this.#load) throw new Error('not started');
    return this.#load;
  }

  sum(of: (frame: BookedFrame) => number): number {
    return this.frames.reduce((sum, frame) => sum + of(frame), 0);
  }

  until(what: string, isTrue: () => boolean): Promise<true> {
    return waitFor(
      () =>
        isTrue() ? { done: true, value: true } : { done: false, evidence: JSON.stringify(this.frames.at(-1) ?? null) },
      { what, deadlineMs: WAIT_MS, everyMs: 10 },
    );
  }

  answered(count: number): Promise<true> {
    return this.until(
      `${count} more answers`,
      this.#moreThan((frame) => frame.answered, count),
    );
  }

  ended(count: number): Promise<true> {
    return this.until(
      `${count} more ends`,
      this.#moreThan((frame) => frame.answered + failedIn(frame), count),
    );
  }

  #moreThan(of: (frame: BookedFrame) => number, count: number): () => boolean {
    const wanted = this.sum(of) + count;
    return () => this.sum(of) >= wanted;
  }

  /** Stops, and checks what must hold at the end of every run. */
  async stop(): Promise<LoadTotals> {
    const totals = await this.load.stop(3_000);
    expect(lawBrokenBy(this.frames, { ...totals, balance: 0 })).toEqual([]);
    expect(Math.abs(totals.balance)).toBeLessThanOrEqual(totals.tolerance ?? 0);
    expect(this.events.at(-1)).toMatchObject({ state: 'stopped', totals });
    return totals;
  }
}

interface Seen {
  readonly pid: number;
  readonly parent: number;
}

/** Living children of a process. */
function childrenOf(parent: number): readonly Seen[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,stat=', '--ppid', String(parent)], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter((line) => /^\s*\d+\s+[^Z\s]/.test(line));
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), parent }));
}

/** k6 below the worker of this process. */
function k6Below(): readonly Seen[] {
  return childrenOf(process.pid)
    .flatMap(({ pid }) => childrenOf(pid))
    .filter(({ pid }) => isK6(pid));
}

function isK6(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${found?.path ?? 'k6'}\0run`);
  } catch {
    return false;
  }
}

describe.skipIf(!found)('load engine k6', () => {
  let server: CountingServer;
  const drives: Drive[] = [];

  function plan(model: LoadModel, requests: readonly RequestSpec[], more: Partial<LoadPlan> = {}): LoadPlan {
    return {
      engine: { kind: 'k6', options: {} },
      model,
      requests,
      sessions: false,
      arrivals: 'even',
      connections: 'fresh',
      stages: [{ level: LEVEL[model], rampMs: 0 }],
      think: { kind: 'uniform', minMs: 20, maxMs: 60 },
      timeoutMs: 5_000,
      ...more,
    };
  }

  async function drive(...of: Parameters<typeof plan>): Promise<Drive> {
    const drive = new Drive();
    drives.push(drive);
    return drive.start(plan(...of), server);
  }

  const own = (name: string): Partial<LoadPlan> => ({ engine: { kind: 'k6', options: { script: script(name) } } });

  beforeEach(async () => {
    server = await new CountingServer().start();
  });

  afterEach(async () => {
    for (const each of drives.splice(0)) each.abort.abort(new Error('the test is over'));
    await server.remove();
  });

  describe.each<LoadModel>(['closed', 'open'])('%s model', (model) => {
    it('counts every answer of a server that is well', async () => {
      const load = await drive(model, [request('/ok', { weight: 8 }), request('/chunked', { weight: 2 })]);
      await load.answered(200);
      const totals = await load.stop();
      // k6 has no way to stop offering and wait: what it cuts off at the end is told as in flight.
      expect(server.completed - totals.answered).toBeGreaterThanOrEqual(0);
      expect(server.completed - totals.answered).toBeLessThanOrEqual(totals.inFlight);
      expect(totals.failed).toEqual({});
      expect(totals).not.toHaveProperty('hides');
      expect(totals).not.toHaveProperty('doubts');
      expect(load.events.map(({ state }) => state)).toEqual(['started', 'stage', 'stopped']);
      const rows = load.frames.flatMap(({ by }) => by ?? []);
      const byRequest = [0, 1].map((index) =>
        rows.filter((row) => row.request === index).reduce((sum, row) => sum + row.answered, 0),
      );
      expect((byRequest[0] ?? 0) / totals.answered).toBeCloseTo(0.8, 0);
    });

    it('loses nothing when the server is killed and comes back', async () => {
      const load = await drive(model, [request('/ok')]);
      await load.answered(100);
      const killedMs = await server.kill();
      await load.until('1 s of refused connections', () =>
        load.frames.some(({ atMs, failed }) => (failed.refused ?? 0) > 0 && atMs > killedMs + 1_000),
      );
      await server.start();
      await load.answered(100);
      const totals = await load.stop();
      expect(kindsOf(totals).filter((kind) => !['eof', 'refused', 'reset'].includes(kind))).toEqual([]);
      expect(totals.failed.refused).toBeGreaterThan(0);
      const first = load.frames.find((frame) => failedIn(frame) > 0);
      expect(Math.abs((first?.atMs ?? 0) - killedMs)).toBeLessThan(500);
      const lost = (totals.failed.eof ?? 0) + (totals.failed.reset ?? 0) + totals.inFlight;
      expect(server.completed - totals.answered).toBeGreaterThanOrEqual(0);
      expect(server.completed - totals.answered).toBeLessThanOrEqual(lost);
    });

    it('waits for a server that is frozen for 3 s, and counts the wait', async () => {
      const load = await drive(model, [request('/ok')]);
      await load.answered(50);
      server.signal('SIGSTOP');
      const frozenMs = monotonicMs();
      await load.until('3 s', () => monotonicMs() > frozenMs + 3_000);
      server.signal('SIGCONT');
      await load.answered(100);
      const totals = await load.stop();
      expect(totals.failed).toEqual({});
      const worst = Math.max(...load.frames.flatMap(({ latency }) => latency.map(([bucket]) => boundOf(bucket))));
      expect(worst).toBeGreaterThan(2_700);
      expect(server.completed - totals.answered).toBeLessThanOrEqual(totals.inFlight);
    });

    it('says refused when nobody is there from the start', async () => {
      await server.kill();
      const load = await drive(model, [request('/ok')]);
      await load.ended(100);
      const totals = await load.stop();
      expect(kindsOf(totals)).toEqual(['refused']);
      expect(totals.answered).toBe(0);
    });
  });

  it('says what an iteration that found no virtual user is: unsent', async () => {
    server.signal('SIGSTOP');
    // Ten thousand would be needed; there are never so many.
    const load = await drive('open', [request('/ok')], { timeoutMs: 10_000, stages: [{ level: 1_000, rampMs: 0 }] });
    await load.until('unsent requests', () => load.sum(({ unsent }) => unsent) > 100);
    const totals = await load.stop();
    expect(totals.inFlight).toBeGreaterThan(1_000);
    expect(totals.notes?.join()).toMatch(/2000 virtual users; 10010 are needed/);
  });

  it.each<[string, FailureKind | undefined]>([
    ['/moved', undefined],
    ['/until-close', undefined],
    ['/missing', 'http-4xx'],
    ['/busy', 'http-5xx'],
    ['/garbage', 'bad-response'],
  ])('knows what %s is: %s', async (path, kind) => {
    const load = await drive('closed', [request(path)]);
    await load.ended(60);
    const totals = await load.stop();
    expect(totals.failed).toEqual(kind === undefined ? {} : { [kind]: totals.offered - totals.inFlight });
  });

  it('holds an answer against what the plan says of a right one', async () => {
    const load = await drive('closed', [
      request('/ok', { answer: { status: [200], bodyContains: 'fine' } }),
      request('/ok', { answer: { bodyContains: 'a basket' } }),
      request('/missing', { answer: { status: [404] } }),
      request('/echo', { method: 'POST', body: 'nine byte', answer: { status: [201] } }),
    ]);
    await load.ended(200);
    await load.stop();
    const rows = load.frames.flatMap(({ by }) => by ?? []);
    const kinds = [0, 1, 2, 3].map((index) => {
      const own = rows.filter(({ request }) => request === index);
      return [
        ...new Set(own.flatMap((row) => [...(row.answered > 0 ? ['answered'] : []), ...Object.keys(row.failed)])),
      ];
    });
    expect(kinds).toEqual([['answered'], ['wrong-answer'], ['answered'], ['answered']]);
  });

  it('says that kept connections hide lost requests, but not of requests that are never sent again', async () => {
    const kept = await drive('closed', [request('/ok')], { connections: 'kept' });
    await kept.answered(20);
    expect((await kept.stop()).hides).toMatch(/GET again in silence.*unknown/);
    const post = request('/echo', { method: 'POST', body: 'nine byte' });
    const posted = await drive('closed', [post], { connections: 'kept' });
    await posted.answered(20);
    expect(await posted.stop()).not.toHaveProperty('hides');
  });

  it("plays a user's own script under the plan's stages, and tells its thresholds", async () => {
    const load = await drive('closed', [request('/')], own('demanding'));
    await load.ended(100);
    // Its own load would have been over after a second.
    await load.until('2 s', () => monotonicMs() > (load.events[0]?.atMs ?? 0) + 2_000);
    await load.ended(20);
    const totals = await load.stop();
    expect(kindsOf(totals)).toEqual(['http-5xx']);
    expect(Math.abs(totals.answered - (totals.failed['http-5xx'] ?? 0))).toBeLessThanOrEqual(LEVEL.closed);
    expect(totals.notes?.join()).toMatch(/without their node/);
    expect(totals.thresholds).toEqual(
      expect.arrayContaining([
        { metric: 'http_req_duration', threshold: 'p(95)<60000', ok: true },
        { metric: 'http_req_duration', threshold: 'p(95)<1', ok: false },
        { metric: 'http_req_failed', threshold: 'rate<0.1', ok: false },
      ]),
    );
  });

  it('hands in its books when a threshold ends k6 by itself, and says so', async () => {
    const load = await drive('closed', [request('/')], own('impatient'));
    expect(await load.load.died).toMatch(/code 99: threshold http_req_failed rate<0.01/);
    const told = load.events.find(({ state }) => state === 'stopped')?.totals;
    expect(told?.thresholds).toEqual([{ metric: 'http_req_failed', threshold: 'rate<0.01', ok: false }]);
  });

  it('doubts the load of a script that throws while it runs', async () => {
    const load = await drive('closed', [request('/')], own('throws'));
    await load.ended(50);
    expect((await load.stop()).doubts?.join()).toMatch(/threw \d+ times, first: Error: no basket on the page of 200/);
  });

  it('refuses a script that throws at once, or is not there, before anything boots', async () => {
    await expect(k6.ready?.(plan('closed', [], own('broken')), signal)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('the list of products is empty') as string,
    });
    await expect(k6.ready?.(plan('closed', [], own('absent')), signal)).rejects.toMatchObject({ code: 'invalid' });
    await expect(k6.ready?.(plan('closed', [], own('demanding')), signal)).resolves.toBeUndefined();
  });

  it('leaves no k6 behind, however its worker ends', async () => {
    await drive('closed', [request('/ok')]);
    const [running, ...others] = k6Below();
    expect(others).toEqual([]);
    const { pid, parent } = running ?? { pid: 0, parent: 0 };
    expect(isK6(pid)).toBe(true);
    process.kill(parent, 'SIGKILL');
    await waitFor(() => (isK6(pid) ? { done: false, evidence: `${pid} runs` } : { done: true, value: true }), {
      what: 'k6 to end',
      deadlineMs: WAIT_MS,
    });
  });
});
