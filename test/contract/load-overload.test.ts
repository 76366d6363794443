// A rate beyond what any machine can send: the load still ends when it is told to, with books that balance, and they show
// that the generator was the bottleneck. How fast this machine is does not matter: a thousand million are asked for.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../harness/core/clock.js';
import type { BookedFrame } from '../../harness/load/books.js';
import type { RunningLoad } from '../../harness/load/engine.js';
import { engines } from '../../harness/load/index.js';
import type { LoadPlan } from '../../harness/plan/load-plan.js';

import { generatorLimitsBroken } from '../../harness/verdict/generator-limits.js';
import { CountingServer } from './load/served.js';

const WAIT_MS = 60_000;
const GRACE_MS = 500;

const PLAN: LoadPlan = {
  engine: { kind: 'open', options: {} },
  model: 'open',
  requests: [{ name: 'ok', method: 'GET', path: '/ok', headers: {}, weight: 1 }],
  stages: [{ level: 1e9, rampMs: 0 }],
  think: { kind: 'constant', ms: 0 },
  sessions: false,
  arrivals: 'even',
  connections: 'kept',
  timeoutMs: 5_000,
};

describe('an open load beyond its machine', () => {
  let server: CountingServer;
  let load: RunningLoad | undefined;
  const abort = new AbortController();

  beforeEach(async () => {
    server = await new CountingServer().start();
  });

  afterEach(async () => {
    abort.abort();
    await load?.stop(0).catch(() => undefined);
    await server.remove();
  });

  it('hands in books that balance, and says that it was late', async () => {
    const frames: BookedFrame[] = [];
    load = await engines.open.start(
      PLAN,
      1,
      server.target,
      (event) => {
        if (event.kind === 'load-frame') frames.push(event as BookedFrame);
      },
      abort.signal,
    );
    await waitFor(
      () =>
        frames.some(({ answered }) => answered > 0)
          ? { done: true, value: true }
          : { done: false, evidence: `${frames.length} frames, the last ${JSON.stringify(frames.at(-1) ?? null)}` },
      { what: 'an answer', deadlineMs: WAIT_MS },
    );
    const totals = await load.stop(GRACE_MS);
    expect(totals.balance).toBe(0);
    expect(totals.offered).toBe(frames.reduce((sum, { offered }) => sum + offered, 0));
    expect(generatorLimitsBroken(PLAN, totals).map(({ limit }) => limit)).toContain('lateness');
  });
});
