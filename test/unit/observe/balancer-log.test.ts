// Which lines of a balancer's log belong to a run.
import { expect, it } from 'vitest';
import { waitFor } from '../../../harness/core/clock.js';
import { readBalancerLog } from '../../../harness/observe/balancer-log.js';
import type { ObservedEvent } from '../../../harness/record/events.js';
import type { Balancer } from '../../../harness/tier/plugins.js';
import type { Container } from '../../../harness/tier/runtime/runtime.js';

/** A balancer whose log is what the test hands over; it has served `served` requests. */
function balancerOf(served: () => number) {
  let hand: (line: string) => void = () => undefined;
  const container = {
    attachOutput: (onLine: (line: string) => void) => {
      hand = onLine;
      return Promise.resolve(() => undefined);
    },
  } as Partial<Container> as Container;
  const plugin = {
    books: () => Promise.resolve({ requestsServed: served(), droppedLogs: 0 }),
    parseLine: (line: string) => ({
      kind: 'request',
      endedWallMs: Number(line),
      node: 'web-1',
      generation: null,
      status: 200,
      retries: 0,
      termination: '--',
      wasCut: false,
    }),
  } as Partial<Balancer> as Balancer;
  return { container, plugin, hand: (endedWallMs: number) => hand(String(endedWallMs)) };
}

it('a line written before the books were opened is in none of them, however late it comes', async () => {
  let served = 1;
  const events: ObservedEvent[] = [];
  const { container, plugin, hand } = balancerOf(() => served);
  const beforeMs = Date.now() - 5;
  const log = await readBalancerLog(container, plugin, (event) => events.push(event));
  hand(beforeMs);
  const laterMs = await waitFor(
    () => (Date.now() > beforeMs + 20 ? { done: true, value: Date.now() } : { done: false, evidence: 'too early' }),
    { what: 'a later millisecond', deadlineMs: 5_000, everyMs: 5 },
  );
  hand(laterMs);
  // Written by another thread of the balancer a moment earlier: the load's all the same.
  hand(beforeMs);
  served += 2;
  await log.stop();
  const cells = events.flatMap((event) => (event.kind === 'traffic' ? event.cells : []));
  expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  expect(events.find(({ kind }) => kind === 'balancer-books')).toMatchObject({ linesRead: 2, requestsServed: 2 });
});
