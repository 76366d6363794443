// Kill it again until the supervisor gives up: how many restarts did it make, and how many does it promise? Only of the fault
// that does so; a node that was given up is down for good, whatever was promised.
import { formatMs } from '../../core/units.js';
import type { Plan } from '../../plan/plan.js';
import type { RestartBudget } from '../../plan/promise.js';
import { planAt, serviceOf } from '../../plan/posts.js';
import type { FaultEvent, SupervisorEvent } from '../../record/events.js';
import { hasGivenUp, mostRestarts } from '../../record/gave-up.js';
import { fail } from '../evidence.js';
import type { Finding, Receipt } from '../model.js';
import type { Check } from './check.js';

const NAME = 'restart-budget';
const FAULT = 'repeat-until-gives-up';

/** Blows of one fault on one node: each but the first hit what a restart had brought. */
interface Blows {
  readonly node: string;
  readonly round: number;
  readonly atMs: number[];
  gaveUp: { readonly atMs: number; readonly word: string } | undefined;
}

interface Loops {
  readonly plan: Plan;
  readonly byId: Map<string, Blows>;
  /** The one that goes on, per node. */
  readonly latest: Map<string, Blows>;
}

export const restartBudget: Check<Loops> = {
  name: NAME,
  summary: 'a supervisor that is hit again and again gives up when it promises to, and says so',

  init: (plan) => ({ plan, byId: new Map(), latest: new Map() }),

  step(state, event) {
    if (event.kind === 'fault') blow(state, event);
    if (event.kind === 'supervisor') word(state, event);
    return state;
  },

  finish({ plan, byId }, { receipts, loadStartMs = 0 }) {
    return [...byId.values()].flatMap((blows) => {
      const { node, round } = blows;
      const text = judged(blows, planAt(plan, serviceOf(node)), receipts, loadStartMs);
      return text === undefined ? [] : [fail(NAME, `${node}: ${text}.`, { node, round }) satisfies Finding];
    });
  },
};

function blow({ byId, latest }: Loops, { id, state, node, round, atMs, fault }: FaultEvent): void {
  if (fault !== FAULT) return;
  if (state === 'sent') {
    const blows: Blows = { node, round, atMs: [atMs], gaveUp: undefined };
    byId.set(id, blows);
    latest.set(node, blows);
  }
  if (state === 'again') byId.get(id)?.atMs.push(atMs);
}

function word({ plan, latest }: Loops, event: SupervisorEvent): void {
  const blows = latest.get(event.node);
  const { budget } = planAt(plan, serviceOf(event.node)).facts.promise;
  if (!blows || !budget || !hasGivenUp(event, budget)) return;
  blows.gaveUp ??= { atMs: event.atMs, word: event.word };
}

function judged(blows: Blows, plan: Plan, receipts: readonly Receipt[], loadStartMs: number): string | undefined {
  const { budget } = plan.facts.promise;
  const name = plan.environment.node.supervisor.kind;
  if (!budget) return undefined; // It must come back each time: its receipt says whether it did.
  const { gaveUp, node } = blows;
  const restartsMs = blows.atMs.slice(1);
  const promised = `${restarts(budget.restarts)} within ${formatMs(budget.withinMs)}`;
  if (!gaveUp) {
    const most = mostWithin(restartsMs, budget.withinMs);
    if (!isExact(budget) || most <= mostRestarts(budget)) return undefined;
    return `${name} promises to give up after ${promised}, and made ${restarts(most)} in that time without giving up`;
  }
  const tookMs = gaveUp.atMs - blows.atMs[0]!;
  const head = `${name} gave up ("${gaveUp.word}") after ${restarts(restartsMs.length)} in ${formatMs(tookMs)}`;
  const made = restartsMs.filter((ms) => ms > gaveUp.atMs - budget.withinMs).length;
  const fromMs = gaveUp.atMs - budget.withinMs - loadStartMs;
  const before = receipts.filter((each) => each.node === node && each.startedMs >= fromMs).length - 1;
  const isPromised = made >= budget.restarts - Math.max(0, before) && made <= mostRestarts(budget);
  if (isPromised || !isExact(budget)) return `${head}, as it promises (${promised})`;
  return `${head}; it promises ${promised}`;
}

/** Budgets that not every end counts for are met later than by their number. */
function isExact({ youngerThanMs, countsFrom }: RestartBudget): boolean {
  return youngerThanMs === undefined && countsFrom !== 'command';
}

function restarts(count: number): string {
  return `${count} ${count === 1 ? 'restart' : 'restarts'}`;
}

/** The largest number of moments in any stretch of so long. */
function mostWithin(momentsMs: readonly number[], withinMs: number): number {
  return Math.max(
    0,
    ...momentsMs.map((fromMs) => momentsMs.filter((ms) => ms >= fromMs && ms <= fromMs + withinMs).length),
  );
}
