// The shared cases under k6, on fresh connections: books that agree with what the server served, to the two iterations that
// are documented, whatever becomes of the server. Skipped where there is no k6.
import { describe, expect, it } from 'vitest';
import { monotonicMs } from '../../harness/core/clock.js';
import { k6 } from '../../harness/load/engines/k6.js';
import type { LoadModel } from '../../harness/plan/load-plan.js';
import type { FailureKind } from '../../harness/record/events.js';
import { boundOf } from '../../harness/record/histogram.js';
import { cases, request } from './load/cases.js';
import { agreesWith, answeredBy, cut, kindsOf } from './load/drive.js';
import { whyNoK6 } from './load/k6-here.js';
import { failedIn } from './load/law.js';
import { onStage, type Stage } from './load/stage.js';

const MODELS: readonly LoadModel[] = ['closed', 'open'];

describe.skipIf(whyNoK6 !== '').each(MODELS)(`load engine k6${whyNoK6}, %s model`, { concurrent: true }, (model) => {
  const alone = (body: (stage: Stage) => Promise<void>): (() => Promise<void>) => onStage({ engine: k6, model }, body);

  it(
    'counts every answer of a server that is well',
    alone(async ({ server, drive }) => {
      const load = await drive([request('/ok', { weight: 8 }), request('/chunked', { weight: 2 })]);
      await load.answeredMore(200);
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
    }),
  );

  it(
    'loses nothing when the server is killed and comes back',
    alone(async ({ server, drive }) => {
      const load = await drive([request('/ok')]);
      await load.answeredMore(100);
      const killedMs = await server.kill();
      await load.until('1 s of refused connections', () =>
        load.frames.some(({ atMs, failed }) => (failed.refused ?? 0) > 0 && atMs > killedMs + 1_000),
      );
      await server.start();
      await load.answeredMore(100);
      const totals = await load.stop();
      expect(kindsOf(totals).filter((kind) => !['eof', 'refused', 'reset'].includes(kind))).toEqual([]);
      expect(totals.failed.refused).toBeGreaterThan(0);
      const first = load.frames.find((frame) => failedIn(frame) > 0);
      expect(Math.abs((first?.atMs ?? 0) - killedMs)).toBeLessThan(500);
      const lost = (totals.failed.eof ?? 0) + (totals.failed.reset ?? 0) + totals.inFlight;
      expect(server.completed - totals.answered).toBeGreaterThanOrEqual(0);
      expect(server.completed - totals.answered).toBeLessThanOrEqual(lost);
    }),
  );

  it(
    'waits for a server that is frozen for 3 s, and counts the wait',
    alone(async ({ server, drive }) => {
      const load = await drive([request('/ok')]);
      await load.answeredMore(50);
      server.signal('SIGSTOP');
      const frozenMs = monotonicMs();
      await load.until('3 s', () => monotonicMs() > frozenMs + 3_000);
      server.signal('SIGCONT');
      await load.answeredMore(100);
      const totals = await load.stop();
      expect(totals.failed).toEqual({});
      const worst = Math.max(...load.frames.flatMap(({ latency }) => latency.map(([bucket]) => boundOf(bucket))));
      expect(worst).toBeGreaterThan(2_700);
      expect(server.completed - totals.answered).toBeLessThanOrEqual(totals.inFlight);
    }),
  );

  it(
    'says refused when nobody is there from the start',
    alone(async ({ server, drive }) => {
      await server.kill();
      const load = await drive([request('/ok')]);
      await load.ended(100);
      const totals = await load.stop();
      expect(kindsOf(totals)).toEqual(['refused']);
      expect(totals.answered).toBe(0);
    }),
  );

  it.each<[string, FailureKind | undefined]>([
    ['/moved', undefined],
    ['/until-close', undefined],
    ['/missing', 'http-4xx'],
    ['/busy', 'http-5xx'],
    ['/garbage', 'bad-response'],
  ])('knows what %s is: %s', (path, kind) =>
    alone(async ({ drive }) => {
      const load = await drive([request(path)]);
      await load.ended(60);
      const totals = await load.stop();
      expect(totals.failed).toEqual(kind === undefined ? {} : { [kind]: totals.offered - totals.inFlight });
    })(),
  );

  it.each(['killedUnread', 'killedHalfRead', 'killedHalfAnswered'] as const)('gives every request a kind: %s', (name) =>
    alone(async ({ server, driveCase }) => {
      const load = await driveCase(cases[name]);
      await cases[name].begin(server);
      await cases[name].strike(server);
      const refused = (): number => load.sum(({ failed }) => failed.refused ?? 0);
      await load.until('refusals', () => refused() >= 10);
      await cases[name].heal(server);
      await load.answeredMore(20);
      const totals = await load.stop();
      expect(kindsOf(totals).filter((kind) => !['eof', 'refused', 'reset'].includes(kind))).toEqual([]);
      const lost = (totals.failed.eof ?? 0) + (totals.failed.reset ?? 0);
      expect(lost).toBeGreaterThan(0);
      expect(cut(totals)).toBeGreaterThanOrEqual(server.halves + server.times('upload').length);
      agreesWith(server, totals);
    })(),
  );

  it.each<['fin' | 'rst', FailureKind]>([
    ['fin', 'eof'],
    ['rst', 'reset'],
  ])('sends nothing again when connections end with %s: %s', (word, kind) =>
    alone(async ({ server, driveCase }) => {
      const load = await driveCase(cases[word]);
      await load.answeredMore(20);
      await cases[word].strike(server);
      const totals = await load.stop();
      expect(kindsOf(totals).filter((each) => each !== kind && each !== 'reset')).toEqual([]);
      expect(totals.failed[kind]).toBeGreaterThan(0);
      expect(cut(totals)).toBeGreaterThanOrEqual(server.times('cut').length);
      agreesWith(server, totals);
    })(),
  );

  it(
    'takes answers from both sides of a restart in place',
    alone(async ({ server, driveCase }) => {
      const load = await driveCase(cases.renewed);
      await load.answeredMore(50);
      await cases.renewed.strike(server);
      await load.until('the next generation', () => answeredBy(load, '2') >= 50);
      const totals = await load.stop();
      // A connection may be ended politely with the request on its way to it; nothing else can go wrong.
      expect(kindsOf(totals).filter((kind) => !['eof', 'reset'].includes(kind))).toEqual([]);
      expect(answeredBy(load, '1') + answeredBy(load, '2')).toBe(totals.answered);
      agreesWith(server, totals);
    }),
  );

  it(
    'waits for a slow body, and counts the wait',
    alone(async ({ server, driveCase }) => {
      const load = await driveCase(cases.slow);
      await load.answeredMore(30);
      const totals = await load.stop();
      expect(totals.failed).toEqual({});
      const fastest = Math.min(...load.frames.flatMap(({ latency }) => latency.map(([bucket]) => boundOf(bucket))));
      expect(fastest).toBeGreaterThan(395);
      agreesWith(server, totals);
    }),
  );
});
