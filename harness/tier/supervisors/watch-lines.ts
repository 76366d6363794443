// A supervisor's watch: one command kept open in the node which prints "<letter> <text>" lines, read until it is stopped.
import type { Observe } from '../../record/events.js';
import type { Node } from '../plugins.js';

/** Starts the command; returns its stop. Its early end is written down: from there on the supervisor is not seen. */
export async function watchLines(
  node: Node,
  argv: readonly string[],
  onLine: (letter: string, text: string) => void,
  observe: Observe,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const exec = await node.container.attachExec(argv);
  let stopping = false;
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (ended = resolve));
  exec.onLine((line) => onLine(line.slice(0, 1), line.slice(2)));
  exec.onEnd(() => {
    ended();
    if (stopping || signal.aborted) return;
    observe({
      kind: 'blind',
      who: 'supervisor-watch',
      node: node.name,
      state: 'lost',
      evidence: `${argv[0] ?? ''} ended`,
    });
  });
  const stop = (): void => {
    stopping = true;
    exec.end();
  };
  signal.addEventListener('abort', stop, { once: true });
  return async () => {
    signal.removeEventListener('abort', stop);
    stop();
    const timer = new AbortController();
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 2_000, timer).unref())]);
  };
}
