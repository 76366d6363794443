// Claim 6: the balancer itself has the node up.
import type { Plan } from '../../../plan/plan.js';
import type { NodeView } from '../node-view.js';
import type { Truth } from '../standing.js';
import { no, unseen, yes, type Evaluate } from './claim.js';

export const balancerUp: Evaluate = ({ plan, receipt, at }) => balancerTruth(plan, receipt.view, receipt.startedMs, at);

export function balancerTruth(plan: Plan, view: NodeView, fromMs: number, at: (ms: number) => string): Truth {
  const blind = view.blindness('balancer-view');
  if (blind !== undefined) return unseen(`the view of the balancer was lost: ${blind}`);
  const { backend } = view;
  const name = plan.balancer.kind;
  if (!backend) return unseen(`${name} has said nothing of ${view.name}`);
  const since = Math.max(fromMs, backend.atMs);
  if (backend.up) return yes(`${name}: ${backend.word}`, since);
  const reason = backend.reason === undefined ? '' : ` (${backend.reason})`;
  return no(`${name}: ${backend.word} since ${at(backend.atMs)}${reason}`);
}
