// What the sentinel promises: the edges of an outage to within one of its requests, against the server's own log. What its
// process itself was late is told at its end, and not held against it.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { monotonicMs, waitFor } from '../../harness/core/clock.js';
import { startSentinel, type Sentinel } from '../../harness/observe/sentinel/sentinel.js';
import type { ObservedEvent } from '../../harness/record/events.js';
import { CountingServer } from './load/served.js';

const RATE = 50;
/** One request of the sentinel; an answer takes the server 20 ms more. */
const NEAR_MS = 1_000 / RATE;
const WAIT_MS = 30_000;

type Observed<K> = Extract<ObservedEvent, { kind: K }>;

let server: CountingServer;
let sentinel: Sentinel;
const events: ObservedEvent[] = [];

beforeEach(async () => {
  events.length = 0;
  server = await new CountingServer().start();
  const order = { path: '/ok', nodes: 1, rate: RATE };
  sentinel = startSentinel(server.target, order, (event) => void events.push(event));
});

afterEach(async () => {
  await sentinel.stop();
  await server.remove();
});

const edges = (): readonly Observed<'sentinel'>[] => events.filter((event) => event.kind === 'sentinel');

async function until(what: string, isTrue: () => boolean): Promise<void> {
  const look = () => (isTrue() ? { done: true as const, value: true } : { done: false as const, evidence: what });
  await waitFor(look, { what, deadlineMs: WAIT_MS, everyMs: 10 });
}

it('finds both edges of an outage, and tells nothing else', async () => {
  await until('answers', () => server.completed >= 30);
  const killedMs = await server.kill();
  const servedBefore = server.completed;
  await until('the first edge', () => edges().length === 1);
  const failingMs = monotonicMs();
  await until('some of the outage', () => monotonicMs() > failingMs + 500);
  await server.start();
  await until('the second edge', () => edges().length === 2);
  const firstServedMs = server.times('completed')[servedBefore] ?? Infinity;
  await until('answers again', () => server.completed >= servedBefore + 30);
  await sentinel.stop();

  const late = events.find((event) => event.kind === 'lateness');
  const lateMs = late?.lateness.maxMs ?? Infinity;
  const [failing, answering] = edges();
  expect(edges().map(({ state }) => state)).toEqual(['failing', 'answering']);
  // The first request that the dead server did not answer was due before the kill by its time of service at the most.
  expect(failing?.atMs, `late by up to ${lateMs} ms`).toBeGreaterThanOrEqual(killedMs - 2 * NEAR_MS - lateMs);
  expect(failing?.atMs, `late by up to ${lateMs} ms`).toBeLessThanOrEqual(killedMs + NEAR_MS + lateMs);
  expect(answering?.atMs).toBeGreaterThanOrEqual(firstServedMs);
  expect(answering?.atMs, `late by up to ${lateMs} ms`).toBeLessThanOrEqual(firstServedMs + NEAR_MS + lateMs);
});

it('takes a single bad answer for none', async () => {
  await until('answers', () => server.completed >= 20);
  await server.order('rst');
  await until('more answers', () => server.completed >= 60);
  expect(edges()).toEqual([]);
});
