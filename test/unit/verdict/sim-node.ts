// One simulated node of the journal builder: who lives there and how it behaves. Tests change its fields.
import type { CensusProcess, ProbeOutcome } from '../../../harness/record/events.js';

/** One simulated node, or a further service of one; tests change its fields and call `census` where processes changed. */
export class SimNode {
  supervisor: CensusProcess;
  master: CensusProcess | undefined;
  workers: CensusProcess[] = [];
  extra: CensusProcess[] = [];
  pidFile: number | null | undefined;
  hung = false;
  up = true;
  memoryMiB = 195;
  streak = 0;
  lastOutcome: ProbeOutcome | undefined;
  trackedPid: number | null = null;
  constructor(
    readonly name: string,
    readonly index: number,
    /** What is known of it from outside; of a further service the balancer knows nothing. */
    readonly isBalanced = true,
    readonly isProbed = true,
  ) {
    this.supervisor = processOf(10, 1, 'supervisor', 100);
  }
}

export function processOf(
  pid: number,
  ppid: number,
  role: CensusProcess['role'],
  start: number,
  more: Partial<CensusProcess> = {},
): CensusProcess {
  return {
    key: `${pid}.${start}.x`,
    pid,
    ppid,
    role,
    holdsListener: role === 'master' || role === 'worker',
    zombie: false,
    command: role === 'supervisor' ? 'bluepilld: shop' : `unicorn ${role}`,
    ...more,
  };
}
