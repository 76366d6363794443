// The law of the books, checked from the frames that were told: what was offered was answered, failed, not sent, or is
// still in flight. Says where it is broken.
import type { LoadTotals } from '../../../harness/record/events.js';
import type { BookedFrame } from '../../../harness/load/books.js';

export function failedIn({ failed }: Pick<LoadTotals, 'failed'>): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}

export function lawBrokenBy(frames: readonly BookedFrame[], totals: LoadTotals): readonly string[] {
  const broken: string[] = [];
  let inFlight = 0;
  let offered = 0;
  let answered = 0;
  let failed = 0;
  let unsent = 0;
  let lastMs = -Infinity;
  for (const frame of frames) {
    const change = frame.inFlight - inFlight;
    const over = frame.offered - frame.answered - failedIn(frame) - frame.unsent - change;
    if (over !== 0) broken.push(`frame at ${frame.atMs}: ${over} unaccounted for`);
    if (frame.inFlight < 0) broken.push(`frame at ${frame.atMs}: ${frame.inFlight} in flight`);
    if (frame.atMs <= lastMs) broken.push(`frame at ${frame.atMs} after the one at ${lastMs}`);
    const latencies = frame.latency.reduce((sum, [, count]) => sum + count, 0);
    const rows = frame.by ?? [];
    const rowsAnswered = rows.reduce((sum, row) => sum + row.answered, 0);
    const rowsFailed = rows.reduce((sum, row) => sum + failedIn(row), 0);
    if (rowsAnswered !== frame.answered || rowsFailed !== failedIn(frame))
      broken.push(`frame at ${frame.atMs}: its rows have ${rowsAnswered} answered, ${rowsFailed} failed`);
    if (latencies !== frame.answered) broken.push(`frame at ${frame.atMs}: ${latencies} latencies`);
    lastMs = frame.atMs;
    inFlight = frame.inFlight;
    offered += frame.offered;
    answered += frame.answered;
    failed += failedIn(frame);
    unsent += frame.unsent;
  }
  const sums = { offered, answered, failed, unsent, inFlight };
  const told = { ...totals, failed: failedIn(totals) };
  for (const name of ['offered', 'answered', 'failed', 'unsent', 'inFlight'] as const) {
    if (sums[name] !== told[name]) broken.push(`${name}: frames say ${sums[name]}, totals ${told[name]}`);
  }
  if (totals.balance !== 0) broken.push(`balance ${totals.balance}`);
  return broken;
}
