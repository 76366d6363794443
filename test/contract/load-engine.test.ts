// What every load engine promises, on a real server that is killed, frozen and started again: the books balance, in the
// run and in every frame, and agree with what the server says that it served.
import { describe, expect, it } from 'vitest';
import { monotonicMs } from '../../harness/core/clock.js';
import type { LoadModel, LoadPlan } from '../../harness/plan/load-plan.js';
import { boundOf } from '../../harness/record/histogram.js';
import type { FailureKind } from '../../harness/record/events.js';
import { cases, FREEZE_MS, request, USERS } from './load/cases.js';
import { agreesWith, answeredBy, cut, kindsOf, latenciesOf, unreadBy } from './load/drive.js';
import { edgesAreSeen } from './load/edges.js';
import { failedIn } from './load/law.js';
import { ownEngines, RATE, THINK } from './load/plan.js';
import { onStage, type Stage } from './load/stage.js';

/** More than either model ever offers in a second of these plans. */
const MOST_PER_SECOND = 600;

/** Requests on one connection so far apart that words which nobody asked for do not meet the next one. */
const CALM: Readonly<Record<LoadModel, Partial<LoadPlan>>> = {
  closed: { think: { kind: 'constant', ms: 800 } },
  open: { stages: [{ level: 2.5, rampMs: 0 }], arrivals: 'even' },
};

describe.each(ownEngines)('load engine $name, $model model', { concurrent: true }, ({ engine, model }) => {
  const alone = (body: (stage: Stage) => Promise<void>): (() => Promise<void>) => onStage({ engine, model }, body);

  it(
    'counts every answer of a server that is well, on time',
    alone(async ({ server, driveCase }) => {
      const load = await driveCase(cases.steady);
      await load.answered(400);
      const totals = await load.stop();
      expect(totals.answered).toBe(server.completed);
      expect(totals.offered).toBe(totals.answered);
      expect(totals.failed).toEqual({});
      expect(totals.unsent).toBe(0);
      expect(load.events.map(({ state }) => state)).toEqual(['started', 'stage', 'stopped']);
    }),
  );

  it(
    'loses nothing when the server is killed and comes back: what was in flight has a kind',
    alone(async ({ server, drive }) => {
      const load = await drive(cases.killed.requests, { arrivals: 'even' });
      await load.answered(100);
      const killedMs = await cases.killed.strike(server);
      const deadMs = monotonicMs();
      const servedBefore = server.completed;
      await load.until('2 s of refused connections', () =>
        load.frames.some(({ atMs, failed }) => (failed.refused ?? 0) > 0 && atMs > killedMs + 2_000),
      );
      await cases.killed.heal(server);
      await load.answeredMore(100);
      const totals = await load.stop();

      expect(kindsOf(totals).filter((kind) => !['eof', 'refused', 'reset'].includes(kind))).toEqual([]);
      expect(totals.failed.refused).toBeGreaterThan(0);
      if (model === 'closed') expect(cut(totals)).toBeLessThanOrEqual(USERS);
      agreesWith(server, totals);
      const listeningMs = server.times('listening').at(-1) ?? Infinity;
      const firstServedMs = server.times('completed')[servedBefore] ?? Infinity;
      const tryMs = model === 'closed' ? THINK.maxMs : 1_000 / RATE;
      edgesAreSeen(load, totals, { killedMs, deadMs, listeningMs, firstServedMs }, tryMs);
      // One attempt for each request that is due: nobody hammers at a closed door.
      const downS = (server.listeningMs - killedMs) / 1000;
      expect(totals.failed.refused).toBeLessThan(MOST_PER_SECOND * (downS + 0.5));
      // Latency is right again, and no frame is missing where it was dark.
      const before = latenciesOf(load, ({ atMs }) => atMs < killedMs - 100);
      const after = latenciesOf(load, ({ atMs }) => atMs > server.listeningMs + 200);
      const slowest = before.at(-1) ?? 0;
      expect(after[Math.floor(after.length / 2)]).toBeLessThanOrEqual(slowest + totals.lateness.maxMs);
    }),
  );

  it(
    'gives an answer that was cut off in the middle a kind, and sees the server again afterwards',
    alone(async ({ server, driveCase }) => {
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
    }),
  );

  it(
    'gives requests that the server never read a kind when it is killed',
    alone(async ({ server, driveCase }) => {
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
    }),
  );

  it(
    'gives requests that the server read in part a kind when it is killed',
    alone(async ({ server, driveCase }) => {
      const load = await driveCase(cases.killedHalfRead);
      await cases.killedHalfRead.begin(server);
      await cases.killedHalfRead.strike(server);
      await load.until('refusals', () => load.sum(({ failed }) => failed.refused ?? 0) >= 10);
      const totals = await load.stop();
      expect(kindsOf(totals).filter((kind) => !['eof', 'refused', 'reset'].includes(kind))).toEqual([]);
      expect(cut(totals)).toBeGreaterThanOrEqual(server.times('upload').length);
      agreesWith(server, totals);
    }),
  );

  it.each<['fin' | 'rst', FailureKind]>([
    ['fin', 'eof'],
    ['rst', 'reset'],
  ])('loses no request when connections end with %s: %s', (word, kind) =>
    alone(async ({ server, driveCase }) => {
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
    })(),
  );

  it(
    'takes answers from both sides of a restart in place, and blames nobody for idle connections that end',
    alone(async ({ server, driveCase }) => {
      const load = await driveCase(cases.renewed);
      await load.answered(50);
      await cases.renewed.strike(server);
      await load.until('the next generation', () => answeredBy(load, '2') >= 50);
      const totals = await load.stop();
      // A request may meet the end of a connection on its way; nothing else can go wrong.
      expect(kindsOf(totals).filter((kind) => !['eof', 'reset'].includes(kind))).toEqual([]);
      if (model === 'closed') expect(cut(totals)).toBeLessThanOrEqual(USERS);
      expect(totals.answered).toBe(server.completed);
      expect(answeredBy(load, '1') + answeredBy(load, '2')).toBe(totals.answered);
    }),
  );

  it(
    'waits for a slow body, and counts the wait',
    alone(async ({ server, driveCase }) => {
      const load = await driveCase(cases.slow);
      await load.answered(30);
      const totals = await load.stop();
      expect(totals.failed).toEqual({});
      expect(totals.answered).toBe(server.completed);
      const fastest = Math.min(...load.frames.flatMap(({ latency }) => latency.map(([bucket]) => boundOf(bucket))));
      expect(fastest).toBeGreaterThan(395);
    }),
  );

  it(
    'says refused while nobody is there, from the start',
    alone(async ({ server, drive }) => {
      await server.kill();
      const load = await drive([request('/ok')]);
      await load.until('refusals', () => load.sum((frame) => failedIn(frame)) >= 100);
      expect(load.sum((frame) => frame.answered)).toBe(0);
      await server.start();
      await load.answered(50);
      const totals = await load.stop();
      expect(kindsOf(totals)).toEqual(['refused']);
      expect(totals.answered).toBe(server.completed);
    }),
  );

  it(
    'waits for a frozen server, and counts the wait from when the request was due',
    alone(async ({ server, driveCase }) => {
      const load = await driveCase(cases.frozen);
      await load.answered(50);
      const frozenMs = await cases.frozen.strike(server);
      await load.until('3 s', () => monotonicMs() > frozenMs + FREEZE_MS);
      // Users wait, each for one answer; a rate does not wait for anybody.
      const { inFlight = 0 } = load.frames.at(-1) ?? {};
      if (model === 'closed') expect(inFlight).toBe(USERS);
      else expect(inFlight).toBeGreaterThan((RATE * FREEZE_MS) / 2_000);
      await cases.frozen.heal(server);
      await load.answeredMore(100);
      const totals = await load.stop();
      expect(totals.failed).toEqual({});
      expect(totals.answered).toBe(server.completed);
      const worst = Math.max(...load.frames.flatMap(({ latency }) => latency.map(([bucket]) => boundOf(bucket))));
      expect(worst).toBeGreaterThan(FREEZE_MS - 200);
    }),
  );

  it(
    'gives up on a frozen server after the planned time, and only then',
    alone(async ({ server, drive }) => {
      const load = await drive([request('/ok')], { timeoutMs: 1_500 });
      await load.answered(50);
      server.signal('SIGSTOP');
      // What is in flight now may have been sent long ago where this machine is busy: a part of the time-out is left to that.
      const frozenMs = monotonicMs();
      await load.until('time-outs', () => load.sum(({ failed }) => failed.timeout ?? 0) >= USERS);
      server.signal('SIGCONT');
      const first = load.frames.find(({ failed }) => (failed.timeout ?? 0) > 0);
      expect((first?.atMs ?? 0) + 100).toBeGreaterThanOrEqual(frozenMs + 900);
      await load.answeredMore(50);
      const totals = await load.stop();
      expect(kindsOf(totals)).toEqual(['timeout']);
      expect(server.completed - totals.answered).toBeLessThanOrEqual(totals.failed.timeout ?? 0);
    }),
  );

  it.each<[string, FailureKind | undefined]>([
    ['/moved', undefined],
    ['/close', undefined],
    ['/until-close', undefined],
    ['/hints', undefined],
    ['/chatty', undefined],
    ['/twofold', undefined],
    ['/missing', 'http-4xx'],
    ['/busy', 'http-5xx'],
    ['/garbage', 'bad-response'],
  ])('knows what %s is: %s', (path, kind) =>
    alone(async ({ server, drive }) => {
      const [load, ends] =
        path === '/chatty' ? [await drive([request(path)], CALM[model]), 20] : [await drive([request(path)]), 60];
      await load.ended(ends);
      const totals = await load.stop();
      expect(totals.failed).toEqual(kind === undefined ? {} : { [kind]: totals.offered });
      if (kind !== 'bad-response') expect(totals.offered).toBe(server.completed);
    })(),
  );

  it(
    'sends what was asked for: method, headers and body, each by its weight',
    alone(async ({ server, drive }) => {
      const load = await drive([
        request('/echo', { method: 'POST', body: 'nine byte', headers: { 'content-type': 'text/plain' }, weight: 2 }),
        request('/ok', { method: 'HEAD', weight: 1 }),
        request('/missing', { weight: 1 }),
      ]);
      await load.ended(200);
      const totals = await load.stop();
      expect(kindsOf(totals)).toEqual(['http-4xx']);
      expect((totals.failed['http-4xx'] ?? 0) / totals.offered).toBeCloseTo(0.25, 0);
      expect(totals.offered).toBe(server.completed);
    }),
  );

  it(
    'stops offering at once, and lets what is in flight end',
    alone(async ({ server, drive }) => {
      const load = await drive([request('/ok')]);
      await load.answered(50);
      const totals = await load.stop();
      expect(totals.answered).toBe(server.completed);
      await expect(load.load.stop(0)).resolves.toEqual(totals);
    }),
  );
});
