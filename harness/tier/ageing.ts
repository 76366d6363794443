// Nodes are not quite alike: node n has kept n steps more memory than the first, as machines of different age do.
import type { Plan } from '../plan/plan.js';
import type { Tier } from './boot.js';

export async function age(plan: Plan, tier: Tier, signal: AbortSignal): Promise<void> {
  const { app } = tier.assembly;
  if (plan.ageingStepBytes === 0 || !app.grow) return;
  for (const [index, node] of tier.nodes.entries()) {
    if (index > 0) await app.grow(node, index * plan.ageingStepBytes, signal);
  }
}
