// The undo ledger: how to heal each fault, written before the fault is sent, so that a dead harness can still be healed.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { UndoRecord } from '../faults/fault.js';

export interface UndoEntry {
  /** The fault's id, `<round>.<step>.<node>`. */
  readonly id: string;
  readonly state: 'armed' | 'undone';
  readonly undo: UndoRecord;
}

export class UndoLedger {
  constructor(readonly path: string) {}

  /** Throws when it cannot be written: a fault that cannot be undone by others is not sent. */
  arm(id: string, undo: UndoRecord): void {
    this.#append({ id, state: 'armed', undo });
  }

  undone(id: string, undo: UndoRecord): void {
    this.#append({ id, state: 'undone', undo });
  }

  #append(entry: UndoEntry): void {
    appendFileSync(this.path, JSON.stringify(entry) + '\n');
  }
}

/** What a ledger still lists as armed, oldest first. A torn last line is a fault that was never sent. */
export function stillArmed(path: string): readonly UndoEntry[] {
  if (!existsSync(path)) return [];
  const open = new Map<string, UndoEntry>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const entry = parseEntry(line);
    if (entry?.state === 'armed') open.set(entry.id, entry);
    else if (entry) open.delete(entry.id);
  }
  return [...open.values()];
}

function parseEntry(line: string): UndoEntry | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as UndoEntry);
  } catch {
    return undefined;
  }
}
