// Every fault that was planned must have been sent and must have landed; one that missed proves nothing.
import type { Plan } from '../../plan/plan.js';
import type { FaultEvent } from '../../record/events.js';
import { doubt, hasBroken } from '../evidence.js';
import type { Finding } from '../model.js';
import type { Check } from './check.js';

const NAME = 'faults-landed';

interface Landings {
  readonly plan: Plan;
  /** By fault id: what was last heard of it. */
  readonly sent: Map<string, FaultEvent>;
  readonly landed: Set<string>;
  readonly findings: Finding[];
  /** `round.step` -> why it was skipped. */
  readonly skipped: Map<string, string>;
  isUnsteady: boolean;
}

export const faultsLanded: Check<Landings> = {
  name: NAME,
  summary: 'every planned fault was sent, and landed',

  init: (plan) => ({
    plan,
    sent: new Map(),
    landed: new Set(),
    findings: [],
    skipped: new Map(),
    isUnsteady: false,
  }),

  step(state, event) {
    if (event.kind === 'steady' && !event.ok) state.isUnsteady = true;
    if (event.kind === 'round' && event.state === 'skipped') {
      state.skipped.set(`${event.round}.${event.step}`, event.evidence ?? 'no reason was given');
    }
    if (event.kind !== 'fault') return state;
    const about = { node: event.node, round: event.round };
    switch (event.state) {
      case 'sent':
        state.sent.set(event.id, event);
        break;
      case 'landed':
        state.landed.add(event.id);
        break;
      case 'missed':
        state.landed.add(event.id);
        state.findings.push(doubt(NAME, `The fault ${event.fault} missed ${event.node}: ${event.evidence}.`, about));
        break;
      case 'heal-failed':
        state.findings.push(
          doubt(NAME, `The fault ${event.fault} on ${event.node} could not be undone: ${event.evidence}.`, about),
        );
        break;
      case 'again':
      case 'healed':
        break;
    }
    return state;
  },

  finish(state, { receipts, cut, loadStartMs }) {
    const lost = [...state.sent.values()]
      .filter((event) => !state.landed.has(event.id))
      .map((event) =>
        doubt(NAME, `The fault ${event.fault} was sent to ${event.node}, but whether it landed was never seen.`, {
          node: event.node,
          round: event.round,
        }),
      );
    return [
      ...state.findings,
      ...lost,
      ...notPlayed(state, receipts.some(hasBroken) || !!cut || loadStartMs === undefined),
    ];
  },
};

/** Rounds that were planned and not played; what explains it is told elsewhere. */
function notPlayed(state: Landings, isExplained: boolean): readonly Finding[] {
  // A soak lasts for a time, and plays what fits into it.
  if (isExplained || state.isUnsteady || state.plan.segment?.forMs !== undefined) return [];
  return state.plan.rounds.flatMap(({ round, steps }) =>
    steps.flatMap((nodes, step) => {
      const missing = nodes.filter((node) => !state.sent.has(`${round}.${step}.${node}`));
      if (missing.length === 0) return [];
      const why = state.skipped.get(`${round}.${step}`);
      const words = why === undefined ? 'was not played' : `was skipped: ${why}`;
      return [doubt(NAME, `Round ${round}, step ${step + 1} (${missing.join(', ')}) ${words}.`, { round })];
    }),
  );
}
