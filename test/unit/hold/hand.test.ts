// A fault that is asked for before a held tier has a baseline: it waits for one, for so long as a restart may take.
import { expect, it } from 'vitest';
import { Emitter } from '../../../harness/core/emitter.js';
import type { LoadedTier } from '../../../harness/environment.js';
import { Hand, type Held } from '../../../harness/hold/hand.js';
import type { JournalEvent, ObservedEvent } from '../../../harness/record/events.js';
import { LiveReceipts } from '../../../harness/verdict/live.js';
import { planFor } from '../verdict/test-plan.js';

/** A hand at a tier whose posts are not there: what would strike them is only noted, in the order of all that happens. */
function handOf(recoveredMs: number) {
  const { limits } = planFor();
  const plan = { ...planFor({ nodes: ['web-1', 'web-2'], limits: { ...limits, recoveredMs } }), rounds: [] };
  const events = new Emitter<JournalEvent>();
  const happened: string[] = [];
  const loaded = {
    tier: { nodes: [], posts: [] },
    receipts: new LiveReceipts(plan, { events }),
    live: { follow: () => () => undefined },
    conductor: {
      nowMs: () => 0,
      observe: (event: ObservedEvent) => {
        if (event.kind === 'round') happened.push(`round ${event.state}`);
      },
    },
  };
  const hand = new Hand({ plan, loaded: loaded as unknown as LoadedTier } as Partial<Held> as Held);
  const asked = hand.answer(
    { do: 'inject', fault: { kind: 'kill' }, target: 'web-1', untilJudged: false },
    (line) => void happened.push(line),
    new AbortController().signal,
  );
  events.emit({ kind: 'load', state: 'started', atMs: 0 });
  const traffic = (count: number): void => {
    const cell = { generation: null, outcome: 'ok', status: 200, retried: 0, count } as const;
    const cells = plan.nodes.map((node) => ({ ...cell, node }));
    events.emit({ kind: 'traffic', atMs: 100, cells });
  };
  return { asked, happened, traffic };
}

const WAITING = 'waiting until enough of the load is seen to compare with: web-1';

it('strikes when enough of the load has been seen, and not before', async () => {
  const { asked, happened, traffic } = handOf(60_000);
  traffic(10);
  expect(happened).toEqual([WAITING]);
  traffic(90);
  expect(await asked).toMatchObject({ fault: 'kill', nodes: ['web-1'] });
  expect(happened).toEqual([WAITING, 'round started', 'round ended']);
});

it('strikes all the same where there is too little load', async () => {
  const { asked, happened } = handOf(50);
  await asked;
  expect(happened).toEqual([WAITING, 'round started', 'round ended']);
});
