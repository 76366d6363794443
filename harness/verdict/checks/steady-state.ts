// Before each round the tier must be healthy and loaded as planned; from a sick tier nothing can be concluded.
import type { Plan } from '../../plan/plan.js';
import type { SteadyEvent } from '../../record/events.js';
import { doubt } from '../evidence.js';
import type { Finding } from '../model.js';
import { viewsOf, type NodeView } from '../receipts/node-view.js';
import { probeWords } from '../receipts/claims/answers.js';
import type { Check } from './check.js';
import { follow } from './muster.js';

const NAME = 'steady-state';

interface Steadiness {
  readonly views: ReadonlyMap<string, NodeView>;
  readonly atMuster: Finding[];
  readonly unsteady: SteadyEvent[];
  isMustered: boolean;
}

export const steadyState: Check<Steadiness> = {
  name: NAME,
  summary: 'the tier is healthy and loaded as planned before each round',

  init: (plan: Plan) => ({
    views: viewsOf(plan),
    atMuster: [],
    unsteady: [],
    isMustered: false,
  }),

  step(state, event) {
    if (!state.isMustered) {
      follow(state.views, event);
      if (event.kind === 'phase' && event.phase === 'muster' && event.state === 'ended') {
        state.isMustered = true;
        for (const view of state.views.values()) state.atMuster.push(...silent(view));
      }
    }
    if (event.kind === 'steady' && !event.ok) state.unsteady.push(event);
    return state;
  },

  finish: (state) => [
    ...state.atMuster,
    ...state.unsteady.map(({ round, evidence }) =>
      doubt(NAME, `The tier was not steady before round ${round}: ${evidence}.`, { round }),
    ),
  ],
};

function silent({ name: node, probe, isProbed }: NodeView): readonly Finding[] {
  if (!isProbed || probe?.outcome === 'ok') return [];
  const words = probe ? probeWords(probe) : 'no direct probe was made';
  return [
    doubt(NAME, `${node} did not answer at the muster, before anything was done to it: ${words}.`, { node, round: 0 }),
  ];
}
