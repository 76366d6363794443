// In the place of the eyes, in a node whose image has no shell: says once that nothing is seen, and why. All claims about
// processes are not observed then; those about answers, balancer and load have other witnesses.
import { HarnessError } from '../../core/errors.js';
import type { Observe } from '../../record/events.js';
import type { Eyes } from './watch.js';

export function noEyes(posts: readonly { readonly name: string }[], why: string, observe: Observe): Eyes {
  for (const { name: node } of posts)
    observe({ kind: 'blind', who: 'agent', node, state: 'lost', evidence: why, forGood: true });
  const nothing = (): undefined => undefined;
  return {
    signal: (_key, signal) =>
      Promise.reject(
        new HarnessError('internal', `no ${signal} can be sent to a process of ${posts[0]?.name ?? 'the node'}`, {
          evidence: why,
        }),
      ),
    focus: nothing,
    tracked: nothing,
    mayEnter: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}
