// What of a part of a soak was played whole, from its journal: rounds that had ended when it was stopped or broke off. The
// one that was going on then is played again, so it counts for nothing.
import type { JournalEvent } from '../record/events.js';

export interface Played {
  /** The highest round that ended; 0: none. */
  readonly round: number;
  readonly roundsEnded: number;
  readonly roundsBegun: number;
  /** From the start of the load to the end of that round, ms. */
  readonly playedMs: number;
  /** Lines of the journal that belong to it: up to the end of that round. */
  readonly events: number;
  /** Wall clock of the last event, epoch ms. */
  readonly lastWallMs: number;
}

export async function playedOf(events: AsyncIterable<JournalEvent>): Promise<Played> {
  let played: Played = { round: 0, roundsEnded: 0, roundsBegun: 0, playedMs: 0, events: 0, lastWallMs: 0 };
  let wallMs = 0;
  let loadStartMs: number | undefined;
  let seen = 0;
  for await (const event of events) {
    seen += 1;
    if (event.kind === 'header') wallMs = event.wallMs;
    if (event.kind === 'phase' && event.phase === 'rounds' && event.state === 'started') loadStartMs ??= event.atMs;
    if (event.kind === 'round' && event.state === 'started')
      played = { ...played, roundsBegun: played.roundsBegun + 1 };
    if (event.kind === 'round' && event.state === 'ended') {
      const { roundsEnded } = played;
      const playedMs = event.atMs - (loadStartMs ?? event.atMs);
      played = { ...played, round: event.round, roundsEnded: roundsEnded + 1, playedMs, events: seen };
    }
    played = { ...played, lastWallMs: wallMs + event.atMs };
  }
  return played;
}

/** The first so many. */
export async function* firstOf<T>(items: AsyncIterable<T>, count: number): AsyncIterable<T> {
  let seen = 0;
  if (count === 0) return;
  for await (const item of items) {
    yield item;
    seen += 1;
    if (seen >= count) return;
  }
}
