// Claim 3: the supervisor is alive, says its good word, and what it tracks is the server, or stands above it.
import type { Plan } from '../../../plan/plan.js';
import type { CensusProcess } from '../../../record/events.js';
import { isAtOrBelow } from '../../../record/family.js';
import type { NodeView } from '../node-view.js';
import type { Truth } from '../standing.js';
import { no, unseen, yes, type Evaluate } from './claim.js';

export const supervised: Evaluate = ({ plan, receipt }) => {
  const { path, oldSupervisor, view } = receipt;
  const mayChange = path.subject === 'supervisor' || path.subject === 'node';
  return supervisedTruth(plan, view, receipt.master, mayChange ? undefined : oldSupervisor);
};

/** `mustBe`: the supervisor that was there before and had no reason to change; undefined where it may be a new one. */
export function supervisedTruth(
  plan: Plan,
  view: NodeView,
  master: CensusProcess | undefined,
  mustBe: CensusProcess | undefined,
): Truth {
  const name = plan.environment.node.supervisor.kind;
  const blind = view.blindness('supervisor-watch') ?? view.blindness('agent');
  if (blind !== undefined) return unseen(`the watch on ${name} lost sight: ${blind}`);
  const says = view.supervisor;
  if (!says || !view.census) return unseen(`${name} has not been heard`);
  const alive = view.census.processes.filter((process) => process.role === 'supervisor' && !process.zombie);
  const word = `${name} says "${says.word}"`;
  if (mustBe && !alive.some((process) => process.key === mustBe.key)) {
    const instead = alive[0];
    return no(`${name} itself (pid ${mustBe.pid}) is gone${instead ? `; pid ${instead.pid} took its place` : ''}`);
  }
  // One that lives outside the node is none of its processes: that it speaks is all that shows it alive.
  if (alive.length === 0 && plan.facts.promise.livesOutside !== true) return no(`no ${name} is running`);
  if (says.state !== 'running') return no(word);
  if (!master) return no(`${word}, but there is no server that it could be speaking of`);
  if (says.trackedPid === null) return no(`${word}, but tracks no process`);
  if (!isAtOrBelow(master, says.trackedPid, view.census)) {
    return no(`${word} and tracks pid ${says.trackedPid}, but pid ${master.pid} owns the port`);
  }
  return yes(`${word} and tracks pid ${says.trackedPid}`);
}
