import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../../harness/record/events.js';
import { firstOf, playedOf } from '../../../harness/soak/played.js';

async function* journal(events: readonly Partial<JournalEvent>[]): AsyncIterable<JournalEvent> {
  for (const event of events) yield (await Promise.resolve(event)) as JournalEvent;
}

const round = (nth: number, state: 'started' | 'ended', atMs: number) =>
  ({ kind: 'round', round: nth, step: 0, state, atMs }) as const;

const BROKEN_OFF = [
  { kind: 'header', wallMs: 1_000_000, atMs: 0 },
  { kind: 'phase', phase: 'rounds', state: 'started', atMs: 20_000 },
  round(4, 'started', 45_000),
  round(4, 'ended', 52_000),
  round(5, 'started', 80_000),
  round(5, 'ended', 90_000),
  { kind: 'sample', atMs: 90_500 },
  round(6, 'started', 120_000),
  { kind: 'sample', atMs: 121_000 },
] as const;

describe('what was played of a part of a soak', () => {
  it('is its whole rounds, and not the one that was going on', async () => {
    expect(await playedOf(journal(BROKEN_OFF))).toEqual({
      round: 5,
      roundsEnded: 2,
      roundsBegun: 3,
      playedMs: 70_000,
      events: 6,
      lastWallMs: 1_121_000,
    });
  });

  it('is nothing where no round ended', async () => {
    const begun = BROKEN_OFF.slice(0, 3);
    expect(await playedOf(journal(begun))).toMatchObject({ round: 0, roundsEnded: 0, playedMs: 0, events: 0 });
    const kept = [];
    for await (const event of firstOf(journal(begun), 0)) kept.push(event);
    expect(kept).toEqual([]);
  });

  it('hands over the lines up to the end of the last whole round', async () => {
    const kept = [];
    for await (const event of firstOf(journal(BROKEN_OFF), 6)) kept.push(event);
    expect(kept.at(-1)).toEqual(round(5, 'ended', 90_000));
  });
});
