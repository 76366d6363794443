// The muster (round 0): before anything is hurt, every node must be supervised, own its socket, answer and be up at the
// balancer. A node that does not answer at all is told by steady-state: nothing can be proved of it.
import type { Plan } from '../../plan/plan.js';
import { planAt } from '../../plan/posts.js';
import type { JournalEvent } from '../../record/events.js';
import { doubt, fail } from '../evidence.js';
import type { ClaimId, Finding } from '../model.js';
import { whyNotOfService } from '../receipts/applicability.js';
import { balancerTruth } from '../receipts/claims/balancer-up.js';
import { ownsSocketTruth } from '../receipts/claims/owns-socket.js';
import { supervisedTruth } from '../receipts/claims/supervised.js';
import { masterIn, viewsOf, type NodeView } from '../receipts/node-view.js';
import type { Truth } from '../receipts/standing.js';
import { formatMs } from '../../core/units.js';
import type { Check } from './check.js';

interface Muster {
  readonly plan: Plan;
  readonly views: ReadonlyMap<string, NodeView>;
  readonly findings: Finding[];
  isOver: boolean;
}

export const muster: Check<Muster> = {
  name: 'muster',
  summary: 'before the first fault every node is supervised, owns its socket, answers and is up',

  init: (plan) => ({
    plan,
    views: viewsOf(plan),
    findings: [],
    isOver: false,
  }),

  step(state, event) {
    if (state.isOver) return state;
    follow(state.views, event);
    if (event.kind === 'phase' && event.phase === 'muster' && event.state === 'ended') {
      state.isOver = true;
      for (const view of state.views.values())
        state.findings.push(...musterOf(planAt(state.plan, view.post.service?.name), view));
    }
    return state;
  },

  finish: (state) => state.findings,
};

/** Keeps views of the nodes up to date; also used where the same look is needed before the first fault. */
export function follow(views: ReadonlyMap<string, NodeView>, event: JournalEvent): void {
  if (event.kind === 'blind') {
    for (const view of views.values()) if (event.node === undefined || event.node === view.name) view.takeBlind(event);
    return;
  }
  const view = 'node' in event ? views.get(event.node) : undefined;
  if (!view) return;
  if (event.kind === 'census') view.takeCensus(event);
  else if (event.kind === 'probe') view.takeProbe(event);
  else if (event.kind === 'supervisor') view.supervisor = event;
  else if (event.kind === 'backend') view.backend = event;
}

function musterOf(plan: Plan, view: NodeView): readonly Finding[] {
  // Where nothing answers, the other claims say nothing new: steady-state tells it.
  if (view.isProbed && view.probe?.outcome !== 'ok') return [];
  const master = masterIn(view.census, view.supervisor?.trackedPid ?? null, () => true);
  const truths: readonly (readonly [ClaimId, Truth])[] = [
    ['supervised', supervisedTruth(plan, view, master, undefined)],
    ['owns-socket', ownsSocketTruth(plan, view, master)],
    ...(plan.facts.balancerHasStates ? ([['balancer-up', balancerTruth(plan, view, 0, formatMs)]] as const) : []),
  ];
  return truths.flatMap(([claim, truth]): Finding[] => {
    const { name: node } = view;
    if (whyNotOfService(claim, view.post) !== undefined) return [];
    if (truth.state === 'false') {
      const answers = view.isProbed ? ' answers before the first fault, yet it' : ', before the first fault,';
      const message = `${node}${answers} is not whole: ${truth.evidence}.`;
      return [fail('muster', message, { node, round: 0, claim })];
    }
    if (truth.state === 'unseen') {
      return [doubt('muster', `${node} could not be mustered: ${truth.evidence}.`, { node, round: 0, claim })];
    }
    return [];
  });
}
