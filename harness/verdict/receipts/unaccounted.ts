// Restarts that no fault of ours began: the supervisor's own policy, or nothing that anyone knows of.
import type { RestartPath, SupervisorAction } from '../../record/events.js';
import type { Trigger } from '../model.js';
import type { Ended } from './node-view.js';
import type { OpenReceipt } from './open-receipt.js';

/** A supervisor's line may reach the journal after the census that shows what it did. */
export const LATE_WORD_MS = 2_000;

export const POLICY_PATH: RestartPath = { name: 'policy', subject: 'master', expects: 'replaced' };

/** `count`: of the same role, in the same moment. */
export function lost(
  { role, process }: Ended,
  count: number,
): { readonly path: RestartPath; readonly trigger: Trigger } {
  const isSeveral = role === 'worker' && count > 1;
  return {
    path: { name: `lost-${role}${isSeveral ? 's' : ''}`, subject: isSeveral ? 'workers' : role, expects: 'replaced' },
    trigger: { kind: 'unexplained', detail: `${role} pid ${process.pid} ended and nothing accounts for it` },
  };
}

export function policyTrigger({ policy = 'policy', detail }: SupervisorAction, line: string): Trigger {
  return { kind: 'policy', policy, detail: detail ?? line };
}

/** Workers that went a moment before their master were the beginning of its end, not a restart of their own. */
export function supersedes({ role }: Ended, open: OpenReceipt, atMs: number): boolean {
  const { subject } = open.path;
  const isOfWorkers = subject === 'worker' || subject === 'workers';
  return role === 'master' && open.trigger.kind === 'unexplained' && isOfWorkers && isLate(open, atMs);
}

/** A worker of a master that ended in the same moment. */
export function isBelowOneOf(ended: readonly Ended[], { role, process }: Ended): boolean {
  return role === 'worker' && ended.some((each) => each.role === 'master' && each.process.pid === process.ppid);
}

/** Is this still the moment at which it began? */
export function isLate(open: OpenReceipt, atMs: number): boolean {
  return atMs - open.startedMs <= LATE_WORD_MS;
}
