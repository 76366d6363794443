// Claims 7 and 8: it serves real load, and its share of it is restored. By the generations in the balancer's log.
import { formatShare } from '../../../core/units.js';
import type { OpenReceipt } from '../open-receipt.js';
import { no, unseen, yes, type ClaimContext, type Evaluate } from './claim.js';

/** A server that has answered nothing for so long, or for so many of its usual requests, does not serve any more. */
const STALE_MS = 2_000;
const STALE_REQUESTS = 20;

export const servesLoad: Evaluate = (context) => {
  const { plan, receipt, at } = context;
  const blind = receipt.view.blindness('balancer-log');
  if (blind !== undefined) return unseen(`the balancer's log was lost: ${blind}`);
  const { unseen: why } = receipt.view;
  if (why !== undefined) return unseen(`which process serves cannot be seen: ${why}`);
  const k = plan.proof.consecutive;
  const whose = receipt.isKept || receipt.path.subject === 'supervisor' ? 'it' : 'the new process';
  if (receipt.served < k) return no(`${receipt.served} of ${k} requests of the load answered by ${whose}`);
  if (isStale(context)) return no(`last answer to the load at ${at(receipt.lastServedMs ?? receipt.startedMs)}`);
  return yes(`${receipt.served} requests of the load answered by ${whose}`, receipt.marks.firstAnswer);
};

function isStale({ receipt, nowMs }: ClaimContext): boolean {
  return nowMs - (receipt.lastServedMs ?? -Infinity) > staleAfterMs(receipt);
}

function staleAfterMs({ basePerSecond }: OpenReceipt): number {
  return basePerSecond > 0 ? Math.max(STALE_MS, (STALE_REQUESTS / basePerSecond) * 1000) : STALE_MS;
}

export const shareRestored: Evaluate = (context) => {
  const { plan, receipt, at } = context;
  const { shareRequests, shareOfBaseline } = plan.proof;
  const blind = receipt.view.blindness('balancer-log');
  if (blind !== undefined) return unseen(`the balancer's log was lost: ${blind}`);
  const { unseen: why } = receipt.view;
  if (why !== undefined) return unseen(`which process serves cannot be seen: ${why}`);
  const base = receipt.opening.baselineShare;
  if (base === undefined) return unseen('the baseline has too few requests to tell a share');
  if (receipt.served === 0) return no(`no share of the load (baseline ${formatShare(base)})`);
  if (isStale(context))
    return no(
      `no share of the load since ${at(receipt.lastServedMs ?? receipt.startedMs)} (baseline ${formatShare(base)})`,
    );
  const restored = receipt.share.isRestored(base * shareOfBaseline);
  if (restored === undefined)
    return unseen(
      `only ${receipt.share.requests} of ${shareRequests} requests since its first answer: more load, or fewer in proof.shareRequests`,
    );
  const words = `share ${formatShare(receipt.share.share)} of ${receipt.share.requests} requests (baseline ${formatShare(base)})`;
  return restored ? yes(words) : no(`${words}; at least ${formatShare(base * shareOfBaseline)} is needed`);
};
