// The rows of load frames as the journal's file holds them: one list per node and generation instead of an object per row.
// A frame of a few users has as many rows as answers; spelt out they would be most of a journal. Each line stands by itself.
import type { FailureKind, JournalEvent, LoadRow } from './events.js';

/** Index of the request; buckets and counts in turn; the failures, where there are any. */
type PackedRow = readonly [number, readonly number[], Readonly<Partial<Record<FailureKind, number>>>?];
type PackedRows = readonly [string | null, string | null, ...PackedRow[]];

/** An event as it is written. Answers without a latency would be lost: such a row is left as it is. */
export function packed(event: JournalEvent): unknown {
  if (event.kind !== 'load-frame' || !event.by) return event;
  const groups = new Map<string, [string | null, string | null, ...PackedRow[]]>();
  const plain: LoadRow[] = [];
  for (const row of event.by) {
    const { request, node, generation, answered, failed, latency } = row;
    if (answered !== latency.reduce((sum, [, count]) => sum + count, 0)) {
      plain.push(row);
      continue;
    }
    const key = JSON.stringify([node, generation]);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = [node, generation]));
    const isGood = Object.keys(failed).length === 0;
    group.push(isGood ? [request, latency.flat()] : [request, latency.flat(), failed]);
  }
  return { ...event, by: [...groups.values(), ...plain] };
}

/** An event as it was observed, from what a line holds; older journals have their rows spelt out. */
export function unpacked(written: JournalEvent): JournalEvent {
  if (written.kind !== 'load-frame' || !written.by) return written;
  const by = (written.by as readonly (LoadRow | PackedRows)[]).flatMap((each) =>
    isPacked(each) ? rowsOf(each) : [each],
  );
  return { ...written, by };
}

function isPacked(each: LoadRow | PackedRows): each is PackedRows {
  return Array.isArray(each);
}

function rowsOf([node, generation, ...rows]: PackedRows): readonly LoadRow[] {
  return rows.map(([request, flat, failed = {}]) => {
    const latency = flat.flatMap((bucket, index): (readonly [number, number])[] =>
      index % 2 === 0 ? [[bucket, flat[index + 1] ?? 0]] : [],
    );
    const answered = latency.reduce((sum, [, count]) => sum + count, 0);
    return { request, node, generation, answered, failed, latency };
  });
}
