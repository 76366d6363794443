// Which nodes a round hits: pure, from the target's word, the names of the nodes and the seed. `each` becomes one step a
// node; all others are one step, whose nodes are hit together.
import type { Random } from '../core/random.js';
import type { RoundStep, TargetSpec } from './plan.js';

/** 'web-1' to 'web-<count>'. */
export function nodeNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `web-${String(index + 1)}`);
}

export function targetSteps(target: TargetSpec, nodes: readonly string[], random: Random): readonly RoundStep[] {
  switch (target.kind) {
    case 'one':
      return [drawn(nodes, 1, random)];
    case 'half':
      return [drawn(nodes, Math.floor(nodes.length / 2), random)];
    case 'all-but-one':
      return [drawn(nodes, nodes.length - 1, random)];
    case 'all':
      return [[...nodes]];
    case 'each':
      return nodes.map((node) => [node]);
    case 'named':
      return [nodes.filter((node) => target.nodes.includes(node))];
  }
}

/** Draws without putting back (Fisher-Yates), and returns them in the order of the nodes. */
function drawn(nodes: readonly string[], count: number, random: Random): RoundStep {
  const pool = [...nodes];
  for (let index = 0; index < count; index += 1) {
    const other = index + Math.floor(random.next() * (pool.length - index));
    [pool[index], pool[other]] = [pool[other]!, pool[index]!];
  }
  const taken = pool.slice(0, count);
  return nodes.filter((node) => taken.includes(node));
}
