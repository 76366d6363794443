// A harness that is late measures itself. Where this user may, it runs before others while it measures, and what must be
// punctual before the rest of it. Servers and engine stay as they are. Where the kernel refuses (it takes CAP_SYS_NICE, see
// setpriority(2)), nothing is changed: lateness is measured either way.
import { getPriority, setPriority } from 'node:os';

/** Before all that has no wish of its own (0). */
const IN_TIME = -5;
/** Generator, prober and their like, which do little and must do it now; still behind what a system itself needs (-20). */
const PUNCTUAL = -10;

/** Lets this process run before others; the way back. */
export function runInTime(): () => void {
  const before = getPriority();
  try {
    setPriority(Math.min(before, IN_TIME));
  } catch {
    return () => undefined;
  }
  return () => {
    setPriority(before);
  };
}

/** The same for a process of ours that has a schedule. */
export function makePunctual(pid: number): void {
  try {
    setPriority(pid, PUNCTUAL);
  } catch {
    // It may not be, or has ended.
  }
}
