// A matrix against the stored one, by verdict and broken claims: seconds differ from machine to machine, claims must not. Pure.
import type { CellOutcome } from './outcome.js';

export interface Change {
  readonly id: string;
  /** What is stored, in words. */
  readonly was: string;
  readonly is: string;
  readonly reason: string;
}

export interface Comparison {
  /** Cells that came out otherwise than stored, or than their own scenario expects. */
  readonly changed: readonly Change[];
  /** Inconclusive now, though stored as something that can be said. */
  readonly unsaid: readonly CellOutcome[];
  /** Not stored yet. */
  readonly fresh: readonly string[];
  readonly same: number;
}

export function compare(stored: readonly CellOutcome[], now: readonly CellOutcome[]): Comparison {
  const before = new Map(stored.map((cell) => [cell.id, cell]));
  const changed: Change[] = [];
  const unsaid: CellOutcome[] = [];
  const fresh: string[] = [];
  let same = 0;
  for (const cell of now) {
    const was = before.get(cell.id);
    const contradicts = cell.expected?.asExpected === false && cell.verdict !== 'inconclusive';
    if (contradicts) {
      changed.push(changeOf(cell, was ? came(was) : `expected by its scenario: ${cell.expected.verdict}`));
    } else if (!was) {
      fresh.push(cell.id);
      if (cell.verdict === 'inconclusive') unsaid.push(cell);
    } else if (came(was) === came(cell)) same += 1;
    else if (cell.verdict === 'inconclusive') unsaid.push(cell);
    else changed.push(changeOf(cell, came(was)));
  }
  return { changed, unsaid, fresh, same };
}

function changeOf(cell: CellOutcome, was: string): Change {
  const is = came(cell);
  return { id: cell.id, was, is: was === is ? `${is}, against its own scenario` : is, reason: cell.reason };
}

/** `fail: supervised, answers`; where every claim was kept, the checks that failed all the same: `fail: budgets`. */
export function came({ verdict, broken, checks }: Pick<CellOutcome, 'verdict' | 'broken' | 'checks'>): string {
  const names = broken.length === 0 ? checks : broken;
  return names.length === 0 ? verdict : `${verdict}: ${names.join(', ')}`;
}

/**
 * The stored matrix with what was measured now: other cells stay as they are, and so does one about which nothing could be
 * said now. `order`: ids as the default table has them.
 */
export function updated(
  stored: readonly CellOutcome[],
  now: readonly CellOutcome[],
  order: readonly string[],
): readonly CellOutcome[] {
  const rank = new Map(order.map((id, index) => [id, index]));
  const known = new Set(stored.filter(({ verdict }) => verdict !== 'inconclusive').map(({ id }) => id));
  const said = now.filter(({ id, verdict }) => verdict !== 'inconclusive' || !known.has(id));
  const all = new Map([...stored, ...said].map((cell) => [cell.id, cell]));
  // Of plug-ins and traps that are gone nothing is kept.
  return [...all.values()]
    .filter(({ id }) => rank.has(id))
    .sort((left, right) => rank.get(left.id)! - rank.get(right.id)!);
}
