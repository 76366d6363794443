// Which fault hits whom in a round of a soak, and when: drawn by seed, the same for the nth round whoever plays it, so
// that a soak which is resumed goes on with the rounds that it would have had. Pure.
import { seededRandom, type Random } from '../core/random.js';
import type { Plan, RoundPlan, RoundStep, SoakNumbers, TargetSpec } from '../plan/plan.js';
import { stepsAt } from '../plan/posts.js';
import { targetSteps } from '../plan/targets.js';

/** A round, and how long after the one before it begins. */
export interface DrawnRound {
  readonly round: RoundPlan;
  readonly afterMs: number;
}

/** The nth round, 1, 2, ... : one of the scenario's by weight, one step, and no more nodes than the blast radius. */
export function drawRound(plan: Plan, soak: SoakNumbers, nth: number): DrawnRound {
  const random = seededRandom(plan.seed).fork(`soak round ${String(nth)}`);
  const { min, max } = soak.everyMs;
  const afterMs = Math.round(min + random.next() * (max - min));
  const { fault, target, service } = byWeight(plan.rounds, random);
  const steps = stepsAt([stepOf(target, plan.nodes, soak.blastRadius, random)], service);
  const hits = service === undefined ? {} : { service };
  return { round: { round: nth, fault, target, ...hits, steps, notBeforeMs: 0 }, afterMs };
}

function byWeight(rounds: readonly RoundPlan[], random: Random): RoundPlan {
  const total = rounds.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let left = random.next() * total;
  for (const round of rounds) {
    left -= round.weight ?? 1;
    if (left < 0) return round;
  }
  return rounds.at(-1)!;
}

/** In a soak `each` means any one of them: its turn comes. */
function stepOf(target: TargetSpec, nodes: readonly string[], most: number, random: Random): RoundStep {
  const [step = []] = targetSteps(target.kind === 'each' ? { kind: 'one' } : target, nodes, random);
  const chosen = [...step];
  while (chosen.length > most) chosen.splice(Math.floor(random.next() * chosen.length), 1);
  return chosen;
}
