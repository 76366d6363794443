// Who is meant by "the master", "a worker", "all workers", "the supervisor" on a node, by the latest census.
import type { ProcessKey } from '../core/identity.js';
import type { CensusEvent, CensusProcess, Subject } from '../record/events.js';

export const PROCESS_WORDS = ['master', 'worker', 'workers', 'supervisor'] as const;
export type ProcessWord = (typeof PROCESS_WORDS)[number];

export const SUBJECT_OF: Readonly<Record<ProcessWord, Subject>> = {
  master: 'master',
  worker: 'worker',
  workers: 'workers',
  supervisor: 'supervisor',
};

/** The living processes that a word stands for; empty when there are none. */
export function victims(census: CensusEvent | undefined, word: ProcessWord): readonly CensusProcess[] {
  const living = (census?.processes ?? []).filter((process) => !process.zombie);
  switch (word) {
    case 'worker':
      return living.filter((process) => process.role === 'worker').slice(0, 1);
    case 'workers':
      return living.filter((process) => process.role === 'worker');
    case 'master':
    case 'supervisor':
      return living.filter((process) => process.role === word);
  }
}

/** Says who was found, or who is there instead. */
export function describeVictims(
  word: ProcessWord,
  found: readonly CensusProcess[],
  census: CensusEvent | undefined,
): string {
  if (found.length > 0) return `${word}: ${found.map((process) => `pid ${process.pid}`).join(', ')}`;
  const roles = new Set((census?.processes ?? []).map((process) => process.role));
  return `no ${word} is running (seen: ${roles.size > 0 ? [...roles].join(', ') : 'nothing'})`;
}

export function keysOf(processes: readonly CensusProcess[]): readonly ProcessKey[] {
  return processes.map((process) => process.key);
}

/** True when none of these identities exists any more (a zombie counts as gone: it cannot serve). */
export function allGone(census: Pick<CensusEvent, 'processes'>, keys: readonly ProcessKey[]): boolean {
  return !census.processes.some((process) => keys.includes(process.key) && !process.zombie);
}
