// What remuster itself used in a soak: is its own memory flat, and its number of open files?
import type { JournalEvent, SelfEvent } from '../../record/events.js';
import type { SelfResult } from '../model.js';
import { median, trendOf } from './trend.js';

const HOUR_MS = 3_600_000;
/** Until then its code is still being compiled and its buffers find their size. */
const WARM_MS = 60_000;
const FEW = 12;

export class SelfWatch {
  readonly #all: SelfEvent[] = [];

  step(event: JournalEvent): void {
    if (event.kind === 'self') this.#all.push(event);
  }

  finish(): SelfResult {
    const startMs = this.#all[0]?.atMs ?? 0;
    const warm = this.#all.filter(({ atMs }) => atMs - startMs >= WARM_MS);
    const all = warm.length > 0 ? warm : this.#all;
    const trend = trendOf([all.map(({ atMs, rssBytes }) => ({ x: atMs / HOUR_MS, y: rssBytes }))]);
    return {
      samples: all.length,
      rssBytes: spanOf(all.map(({ rssBytes }) => rssBytes)),
      ...(trend && all.length >= FEW ? { rssBytesPerHour: Math.round(trend.slope) } : {}),
      openFiles: spanOf(all.map(({ openFiles }) => openFiles)),
    };
  }
}

/** First and last are the middle of the first and the last few: a single one may be anything. */
function spanOf(values: readonly number[]): SelfResult['rssBytes'] {
  return {
    first: Math.round(median(values.slice(0, FEW)) || 0),
    last: Math.round(median(values.slice(-FEW)) || 0),
    most: values.reduce((most, value) => Math.max(most, value), 0),
  };
}
