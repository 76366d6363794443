// A harness that is late measures itself. Where this user may, it runs before others while it measures; its generator, prober
// and other processes inherit that. Servers and engine stay as they are.
import { getPriority, setPriority } from 'node:os';

/** Above all that has no wish of its own (0), below what a system itself needs (-20). */
const IN_TIME = -10;

/** The way back. Where the kernel refuses (it takes CAP_SYS_NICE, see setpriority(2)), nothing is changed: lateness is measured either way. */
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
