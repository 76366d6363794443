// The report of a soak that goes on: written anew every minute by a process of its own at the lowest priority, so that the
// reading of hours of journals does not disturb what is measured.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';

const EVERY_MS = 60_000;
/** A report that takes long is written less often: at most this part of the time. */
const MOST_OF_THE_TIME = 0.1;

/** Resolves, when it is stopped, once nothing is being written any more. */
export function reportNowAndThen(folder: string): () => Promise<void> {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const next = (afterMs: number): void => {
    if (isOver) return;
    timer = setTimeout(() => {
      const startedMs = Date.now();
      const entry = process.argv[1] ?? '';
      child = spawn(process.execPath, [...process.execArgv, entry, 'report', folder], { stdio: 'ignore' });
      child.once('error', () => undefined);
      lower(child.pid);
      child.once('close', () => {
        child = undefined;
        next(Math.max(EVERY_MS, (Date.now() - startedMs) / MOST_OF_THE_TIME));
      });
    }, afterMs);
    timer.unref();
  };
  next(EVERY_MS);
  return async () => {
    isOver = true;
    clearTimeout(timer);
    if (!child) return;
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
  };
}

function lower(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}
