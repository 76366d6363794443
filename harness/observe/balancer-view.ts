// Asks the balancer for the state of its backends four times a second, and writes down changes. Its log tells them too,
// a little earlier and with the reason; this is the witness that is still there when the log stream breaks.
import { messageOf } from '../core/errors.js';
import type { BackendView, Balancer } from '../tier/plugins.js';
import type { Container } from '../tier/runtime/runtime.js';
import type { Observe } from '../record/events.js';

const LOOK_EVERY_MS = 250;

export function watchBalancer(balancer: Container, plugin: Balancer, observe: Observe): { stop(): void } {
  const last = new Map<string, BackendView>();
  let blind = false;
  let stopped = false;
  let looking = false;

  const look = async (): Promise<void> => {
    try {
      for (const view of await plugin.view(balancer)) {
        const before = last.get(view.node);
        last.set(view.node, view);
        if (before?.up === view.up) continue;
        observe({ kind: 'backend', ...view });
      }
      if (blind) observe({ kind: 'blind', who: 'balancer-view', state: 'regained', evidence: 'it answers again' });
      blind = false;
    } catch (error) {
      if (!blind && !stopped)
        observe({ kind: 'blind', who: 'balancer-view', state: 'lost', evidence: messageOf(error) });
      blind = true;
    }
  };
  const timer = setInterval(() => {
    if (looking || stopped) return;
    looking = true;
    void look().finally(() => (looking = false));
  }, LOOK_EVERY_MS);
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
