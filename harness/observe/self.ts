// What remuster itself uses in a soak, so that a leak of ours is not taken for nothing, or for one of the tier.
import { readdirSync } from 'node:fs';
import type { Observe } from '../record/events.js';

const EVERY_MS = 10_000;

/** Tells until it is stopped. */
export function watchSelf(observe: Observe): () => void {
  const tell = (): void => {
    const { rss, heapUsed } = process.memoryUsage();
    observe({ kind: 'self', rssBytes: rss, heapBytes: heapUsed, openFiles: openFiles() });
  };
  tell();
  const timer = setInterval(tell, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Of this process; 0 where there is no /proc. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
