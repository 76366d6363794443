// Whom a fault strikes: the post that it was aimed at, and every other post of the same node that goes with it, either because
// the node itself goes down or because what was hit (a supervisor of several services) is seen there too. By identity.
import type { ProcessKey } from '../../core/identity.js';
import { nodeOf } from '../../plan/posts.js';
import type { FaultEvent } from '../../record/events.js';
import { isAlive, type NodeView } from './node-view.js';

export interface Struck {
  readonly view: NodeView;
  /** Of the identities that were aimed at, those that are of this post. */
  readonly targets: readonly ProcessKey[];
}

export function struckBy({ node, path, targets }: FaultEvent, views: Iterable<NodeView>): readonly Struck[] {
  return [...views].flatMap((view): readonly Struck[] => {
    if (view.name === node) return [{ view, targets }];
    if (view.post.node !== nodeOf(node)) return [];
    const { census } = view;
    const own = census ? targets.filter((key) => isAlive(census, key)) : [];
    return path.subject === 'node' || own.length > 0 ? [{ view, targets: own }] : [];
  });
}
