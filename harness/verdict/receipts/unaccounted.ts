// Restarts that no fault of ours began: the supervisor's own policy, or nothing that anyone knows of.
import type { RestartPath } from '../../record/events.js';
import type { Ended } from './node-view.js';
import type { OpenReceipt } from './open-receipt.js';

/** A supervisor's line may reach the journal after the census that shows what it did. */
export const LATE_WORD_MS = 2_000;

export const POLICY_PATH: RestartPath = { name: 'policy', subject: 'master', expects: 'replaced' };

export function lostPath({ role }: Ended, count: number): RestartPath {
  if (role === 'worker' && count > 1) return { name: 'lost-workers', subject: 'workers', expects: 'replaced' };
  return { name: `lost-${role}`, subject: role, expects: 'replaced' };
}

/** Workers that went a moment before their master were the beginning of its end, not a restart of their own. */
export function supersedes({ role }: Ended, open: OpenReceipt, atMs: number): boolean {
  const { subject } = open.path;
  const isOfWorkers = subject === 'worker' || subject === 'workers';
  return role === 'master' && open.trigger.kind === 'unexplained' && isOfWorkers && isLate(open, atMs);
}

/** Is this still the moment at which it began? */
export function isLate(open: OpenReceipt, atMs: number): boolean {
  return atMs - open.startedMs <= LATE_WORD_MS;
}
