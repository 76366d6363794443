// What every load engine promises, on a real server that is killed, frozen and started again: the books balance, in the
// run and in every frame, and agree with what the server says that it served.
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monotonicMs, waitFor } from '../../harness/core/clock.js';
import type { LoadEngine } from '../../harness/load/engine.js';
import { engines } from '../../harness/load/index.js';
import type { LoadModel, LoadPlan, RequestSpec } from '../../harness/plan/plan.js';
import { boundOf } from '../../harness/record/histogram.js';
import type { FailureKind, LoadEvent } from '../../harness/record/events.js';
import { cases, FREEZE_MS, type LoadCase, request, USERS, WAIT_MS } from './load/cases.js';
import { agreesWith, answeredBy, cut, Drive, kindsOf, unreadBy } from './load/drive.js';
import { failedIn } from './load/law.js';
import { CountingServer } from './load/served.js';

/** Of the open model, requests a second. */
const RATE = 50;
/** More than either model ever offers in a second of these plans. */
const MOST_PER_SECOND = 600;

/** Requests on one connection so far apart that words which nobody asked for do not meet the next one. */
const CALM: Readonly<Record<LoadModel, Partial<LoadPlan>>> = {
  closed: { think: { kind: 'constant', ms: 800 } },
  open: { stages: [{ level: 2.5, rampMs: 0 }], arrivals: 'even' },
};

const ENDED = /^ended with/;

/** The engines of this project; k6, another's program that need not be here, has load-k6.test.ts. */
const OWN: readonly LoadEngine[] = Object.values<LoadEngine>(engines).filter(({ name }) => name !== 'k6');
const engineModels = OWN.flatMap((engine) => engine.models.map((model) => ({ engine, name: engine.name, model })));

describe.each<{ engine: LoadEngine; name: string; model: LoadModel }>(engineModels)(
  'load engine $name, $model model',
  ({ engine, model }) => {
    let server: CountingServer;
    const drives: Drive[] = [];

    function plan(requests: readonly RequestSpec[], more: Partial<LoadPlan> = {}): LoadPlan {
      return {
        engine: { kind: engine.name, options: engine.options.parse({}) as Readonly<Record<string, unknown>> },
        model,
        requests,
        sessions: false,
        arrivals: 'poisson',
        connections: 'kept',
        stages: [{ level: model === 'open' ? RATE : USERS, rampMs: 0 }],
        think: { kind: 'uniform', minMs: 20, maxMs: 60 },
        timeoutMs: 5_000,
        ...more,
      };
    }

    const driveCase = ({ requests, timeoutMs }: LoadCase): Promise<Drive> => drive(requests, { timeoutMs });

    async function drive(requests: readonly RequestSpec[], more: Partial<LoadPlan> = {}): Promise<Drive> {
      const started = new Drive(engine, plan(requests, more), server.target);
      drives.push(started);
      return started.start();
    }

    beforeEach(async () => {
      server = await new CountingServer().start();
    });

    afterEach(async () => {
      for (const each of drives.splice(0)) each.abort.abort(new Error('the test is over'));
      await server.remove();
    });

    it('counts every answer of a server that is well, on time', async () => {
      const load = await driveCase(cases.steady);
      await load.answered(400);
      const totals = await load.stop();
      expect(totals.answered).toBe(server.completed);
      expect(totals.offered).toBe(totals.answered);
      expect(totals.failed).toEqual({});
      expect(totals.unsent).toBe(0);
      expect(load.events.map(({ state }) => state)).toEqual(['started', 'stage', 'stopped']);
    });

    it('loses nothing when the server is killed and comes back: what was in flight has a kind', async () => {
      const load = await driveCase(cases.killed);
      await load.answered(100);
      const killedMs = await cases.killed.strike(server);
      await load.until('2 s of refused connections', () =>
        load.frames.some(({ atMs, failed }) => (failed.refused ?? 0) > 0 && atMs > killedMs + 2_000),
      );
      await cases.killed.heal(server);
      const before = load.sum((frame) => frame.answered);
      await load.answered(before + 100);
      const totals = await load.stop();

      expect(kindsOf(totals).filter((kind) => !['eof', 'refused', 'reset'].includes(kind))).toEqual([]);
      expect(totals.failed.refused).toBeGreaterThan(0);
      if (model === 'closed') expect(cut(totals)).toBeLessThanOrEqual(USERS);
      agreesWith(server, totals);
      // One attempt for each request that is due: nobody hammers at a closed door.
      const downS = (server.listeningMs - killedMs) / 1000;
      expect(totals.failed.refused).toBeLessThan(MOST_PER_SECOND * (downS + 0.5));
      // Latency is right again, and no frame is missing where it was dark.
      const after = load.frames.filter(({ atMs }) => atMs > server.listeningMs + 200);
      expect(Math.max(...after.flatMap(({ latency }) => latency.map(([bucket]) => boundOf(bucket))))).toBeLessThan(
        1_500,
      );
    });

    it('gives an answer that was cut off in the middle a kind, and sees the server again afterwards', async () => {
      const load = await driveCase(cases.killedHalfAnswered);
      await cases.killedHalfAnswered.begin(server);
      const answered = load.sum((frame) => frame.answered);
      await cases.killedHalfAnswered.strike(server);
      const halves = server.halves;
      await cases.killedHalfAnswered.heal(server);
      await load.answered(answered + 5);
      await load.until('everybody to wait again', () => server.halves >= halves + USERS);
      await server.kill();
      const totals = await load.stop();
      expect(kindsOf(totals).filter((kind) => !['eof', 'refused', 'reset'].includes(kind))).toEqual([]);
      // A connection can still be made while the dead server's listener goes, and is reset unread.
      if (model === 'closed') expect(cut(totals)).toBe(2 * USERS + unreadBy(server, totals));
      expect(cut(totals)).toBeGreaterThanOrEqual(server.halves);
      agreesWith(server, totals);
    });

    it('gives requests that the server never read a kind when it is killed', async () => {
      const load = await driveCase(cases.killedUnread);
      await load.answered(50);
      await cases.killedUnread.strike(server, () =>
        load.until('many to wait', () => (load.frames.at(-1)?.inFlight ?? 0) >= USERS),
      );
      await load.until('refusals', () => load.sum(({ failed }) => failed.refused ?? 0) >= 10);
      const totals = await load.stop();
      expect(kindsOf(totals).filter((kind) => !['eof', 'refused', 'reset'].includes(kind))).toEqual([]);
      expect(cut(totals)).toBeGreaterThanOrEqual(USERS);
      agreesWith(server, totals);
    });

    it('gives requests that the server read in part a kind when it is killed', async () => {
      const load = await driveCase(cases.killedHalfRead);
      await cases.killedHalfRead.begin(server);
      await cases.killedHalfRead.strike(server);
      await load.until('refusals', () => load.sum(({ failed }) => failed.refused ?? 0) >= 10);
      const totals = await load.stop();
      expect(kindsOf(totals).filter((kind) => !['eof', 'refused', 'reset'].includes(kind))).toEqual([]);
      expect(cut(totals)).toBeGreaterThanOrEqual(server.times('upload').length);
      agreesWith(server, totals);
    });

    it.each<['fin' | 'rst', FailureKind]>([
      ['fin', 'eof'],
      ['rst', 'reset'],
    ])('loses no request when connections end with %s: %s', async (word, kind) => {
      const load = await driveCase(cases[word]);
      await load.answered(20);
      await cases[word].strike(server);
      const totals = await load.stop();
      // A FIN becomes an RST where the server had not read everything (tcp(7)).
      expect(kindsOf(totals).filter((each) => each !== kind && each !== 'reset')).toEqual([]);
      expect(totals.failed[kind]).toBeGreaterThan(0);
      expect(cut(totals)).toBeGreaterThanOrEqual(server.times('cut').length);
      expect(totals.offered).toBe(totals.answered + cut(totals));
      agreesWith(server, totals);
    });

    it('takes answers from both sides of a restart in place, and blames nobody for idle connections that end', async () => {
      const load = await driveCase(cases.renewed);
      await load.answered(50);
      await cases.renewed.strike(server);
      await load.until('the next generation', () => answeredBy(load, '2') >= 50);
      const totals = await load.stop();
      // A request may meet the end of a connection on its way; nothing else can go wrong.
      expect(kindsOf(totals).filter((kind) => !['eof', 'reset'].includes(kind))).toEqual([]);
      expect(cut(totals)).toBeLessThanOrEqual(USERS);
      expect(totals.answered).toBe(server.completed);
      expect(answeredBy(load, '1') + answeredBy(load, '2')).toBe(totals.answered);
    });

    it('waits for a slow body, and counts the wait', async () => {
      const load = await driveCase(cases.slow);
      await load.answered(30);
      const totals = await load.stop();
      expect(totals.failed).toEqual({});
      expect(totals.answered).toBe(server.completed);
      const fastest = Math.min(...load.frames.flatMap(({ latency }) => latency.map(([bucket]) => boundOf(bucket))));
      expect(fastest).toBeGreaterThan(395);
    });

    it('says refused while nobody is there, from the start', async () => {
      await server.kill();
      const load = await drive([request('/ok')]);
      await load.until('refusals', () => load.sum((frame) => failedIn(frame)) >= 100);
      expect(load.sum((frame) => frame.answered)).toBe(0);
      await server.start();
      await load.answered(50);
      const totals = await load.stop();
      expect(kindsOf(totals)).toEqual(['refused']);
      expect(totals.answered).toBe(server.completed);
    });

    it('waits for a frozen server, and counts the wait from when the request was due', async () => {
      const load = await driveCase(cases.frozen);
      await load.answered(50);
      const frozenMs = await cases.frozen.strike(server);
      await load.until('3 s', () => monotonicMs() > frozenMs + FREEZE_MS);
      // Users wait, each for one answer; a rate does not wait for anybody.
      const { inFlight = 0 } = load.frames.at(-1) ?? {};
      if (model === 'closed') expect(inFlight).toBe(USERS);
      else expect(inFlight).toBeGreaterThan((RATE * FREEZE_MS) / 2_000);
      await cases.frozen.heal(server);
      const before = load.sum((frame) => frame.answered);
      await load.answered(before + 100);
      const totals = await load.stop();
      expect(totals.failed).toEqual({});
      expect(totals.answered).toBe(server.completed);
      const worst = Math.max(...load.frames.flatMap(({ latency }) => latency.map(([bucket]) => boundOf(bucket))));
      expect(worst).toBeGreaterThan(FREEZE_MS - 200);
    });

    it('gives up on a frozen server after the planned time, and only then', async () => {
      const load = await drive([request('/ok')], { timeoutMs: 600 });
      await load.answered(50);
      server.signal('SIGSTOP');
      const frozenMs = monotonicMs();
      await load.until('time-outs', () => load.sum(({ failed }) => failed.timeout ?? 0) >= USERS);
      server.signal('SIGCONT');
      const first = load.frames.find(({ failed }) => (failed.timeout ?? 0) > 0);
      expect((first?.atMs ?? 0) + 100).toBeGreaterThanOrEqual(frozenMs + 500);
      const before = load.sum((frame) => frame.answered);
      await load.answered(before + 50);
      const totals = await load.stop();
      expect(kindsOf(totals)).toEqual(['timeout']);
      expect(server.completed - totals.answered).toBeLessThanOrEqual(totals.failed.timeout ?? 0);
    });

    it.each<[string, FailureKind | undefined]>([
      ['/moved', undefined],
      ['/close', undefined],
      ['/until-close', undefined],
      ['/hints', undefined],
      ['/chatty', undefined],
      ['/missing', 'http-4xx'],
      ['/busy', 'http-5xx'],
      ['/garbage', 'bad-response'],
    ])('knows what %s is: %s', async (path, kind) => {
      const [load, ends] =
        path === '/chatty' ? [await drive([request(path)], CALM[model]), 20] : [await drive([request(path)]), 60];
      await load.until(`${ends} ends`, () => load.sum((frame) => frame.answered + failedIn(frame)) >= ends);
      const totals = await load.stop();
      expect(totals.failed).toEqual(kind === undefined ? {} : { [kind]: totals.offered });
      if (kind !== 'bad-response') expect(totals.offered).toBe(server.completed);
    });

    it('sends what was asked for: method, headers and body, each by its weight', async () => {
      const load = await drive([
        request('/echo', { method: 'POST', body: 'nine byte', headers: { 'content-type': 'text/plain' }, weight: 2 }),
        request('/ok', { method: 'HEAD', weight: 1 }),
        request('/missing', { weight: 1 }),
      ]);
      await load.until('200 ends', () => load.sum((frame) => frame.answered + failedIn(frame)) >= 200);
      const totals = await load.stop();
      expect(kindsOf(totals)).toEqual(['http-4xx']);
      expect((totals.failed['http-4xx'] ?? 0) / totals.offered).toBeCloseTo(0.25, 0);
      expect(totals.offered).toBe(server.completed);
    });

    it('lets the load grow and shrink by stages', async () => {
      const load = await drive([request('/ok')], {
        stages: [
          { level: 10, rampMs: 1_000, forMs: 1_500 },
          { level: 3, rampMs: 500, forMs: 1_000 },
          { level: 6, rampMs: 0 },
        ],
      });
      await load.until('the last stage', () => load.events.some(({ stage }) => stage === 2));
      const reached = load.frames.length;
      await load.until('some frames of it', () => load.frames.length > reached + 5);
      await load.stop();
      const startMs = load.events[0]?.atMs ?? 0;
      const levelsAt = (fromMs: number, toMs: number): readonly number[] =>
        load.frames.filter(({ atMs }) => atMs >= startMs + fromMs && atMs < startMs + toMs).map(({ level }) => level);
      expect(Math.max(...levelsAt(0, 400))).toBeLessThan(8);
      expect(Math.max(...levelsAt(0, 1_500))).toBe(10);
      expect(Math.min(...levelsAt(2_100, 2_400))).toBe(3);
      expect(load.frames.at(-2)?.level).toBe(6);
    });

    it('stops offering at once, and lets what is in flight end', async () => {
      const load = await drive([request('/ok')]);
      await load.answered(50);
      const totals = await load.stop();
      expect(totals.answered).toBe(server.completed);
      await expect(load.load.stop(0)).resolves.toEqual(totals);
    });

    it('ends its process on stop, on abort, and tells when it died by itself', async () => {
      const stopped = await drive([request('/ok')]);
      const aborted = await drive([request('/ok')]);
      const killed = await drive([request('/ok')]);
      expect(childrenOf(process.pid, 'worker').length).toBe(3);
      await stopped.stop();
      aborted.abort.abort(new Error('interrupted'));
      await waitFor(
        () => {
          const left = childrenOf(process.pid, 'worker');
          return left.length === 1 ? { done: true, value: left } : { done: false, evidence: left.join(' ') };
        },
        { what: 'two engines to end', deadlineMs: WAIT_MS },
      );
      for (const pid of childrenOf(process.pid, 'worker')) process.kill(pid, 'SIGKILL');
      expect(await killed.load.died).toMatch(/SIGKILL/);
      const last = killed.events.at(-1) as LoadEvent;
      expect(last).toMatchObject({ state: 'died' });
      expect(last.evidence).toMatch(ENDED);
      await expect(killed.load.stop(0)).rejects.toThrow(/no books/);
      expect(childrenOf(process.pid, 'worker')).toEqual([]);
    });

    it('does not wait for ever for an engine that does not answer', async () => {
      const load = await drive([request('/ok')]);
      for (const pid of childrenOf(process.pid, 'worker')) process.kill(pid, 'SIGSTOP');
      await expect(load.load.stop(0)).rejects.toThrow(/no books/);
      expect(childrenOf(process.pid, 'worker')).toEqual([]);
    });
  },
);

/** Pids of this process's children whose command line holds the word. */
function childrenOf(pid: number, word: string): readonly number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,stat=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(word) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number.parseInt(line, 10));
}
