// Claim 4: the listener is held by the master or its descendants, and by nobody else.
import type { Plan } from '../../../plan/plan.js';
import type { CensusProcess } from '../../../record/events.js';
import { withDescendants, type NodeView } from '../node-view.js';
import type { Truth } from '../standing.js';
import { no, unseen, yes, type Evaluate } from './claim.js';
import { named } from './processes.js';

export const ownsSocket: Evaluate = ({ plan, receipt }) => ownsSocketTruth(plan, receipt.view, receipt.master);

export function ownsSocketTruth(plan: Plan, view: NodeView, master: CensusProcess | undefined): Truth {
  const blind = view.blindness('agent');
  if (blind !== undefined) return unseen(`the agent lost sight of ${view.name}: ${blind}`);
  if (!view.census) return unseen('no census was taken');
  const holders = view.census.processes.filter((process) => process.holdsListener && !process.zombie);
  if (!master)
    return no(holders.length > 0 ? `the listener is held by ${named(holders)}` : 'nobody holds the listener');
  const own = withDescendants(view.census, [master.key]);
  const others = holders.filter(
    (process) => !own.has(process.key) && !(plan.facts.promise.holdsListener && process.role === 'supervisor'),
  );
  if (others.length > 0) return no(`pid ${master.pid} shares the listener with ${named(others)}`);
  if (holders.length === 0) return no('nobody holds the listener');
  if (!holders.some((process) => own.has(process.key)))
    return yes(
      `${named(holders)} holds the listener for pid ${master.pid}, as ${plan.environment.node.supervisor.kind} promises`,
    );
  return yes(`pid ${master.pid} holds the listener`);
}
