// Ctrl-C and SIGTERM: the first one ends the run in order (heal, stop, judge, report, remove), the second one at once.
import { EXIT, HarnessError } from '../core/errors.js';
import { monotonicMs } from '../core/clock.js';

/** npm and terminals send the same Ctrl-C twice within moments; that is one wish, not two. */
const SAME_WISH_MS = 1_000;

/** Runs `work` with a signal that the first SIGINT or SIGTERM aborts. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let firstMs: number | undefined;
  const handler = (name: NodeJS.Signals): void => {
    const now = monotonicMs();
    if (firstMs === undefined) {
      firstMs = now;
      process.stderr.write(
        `\n${name}: ending in order; once more to end at once (remuster clean then removes what is left)\n`,
      );
      controller.abort(new HarnessError(name === 'SIGINT' ? 'interrupted' : 'terminated', `interrupted by ${name}`));
    } else if (now - firstMs > SAME_WISH_MS) {
      process.exit(name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
    }
  };
  process.on('SIGINT', handler);
  process.on('SIGTERM', handler);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', handler);
    process.off('SIGTERM', handler);
  }
}
