// What a signal from inside a node cannot do, said while planning: end a server that is PID 1, or a supervisor that is not
// in the node at all.
import { HarnessError } from '../core/errors.js';
import type { Plan } from '../plan/plan.js';
import type { ProcessWord } from './victims.js';

/** Those that web servers handle: the kernel drops any other that PID 1 gets from its own namespace, pid_namespaces(7). */
const HANDLED = ['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'USR2', 'WINCH', 'TTIN', 'TTOU'];

/** Throws `invalid` for a blow that could not land in this environment. */
export function refuseOutOfReach(plan: Plan, processes: readonly ProcessWord[], signal: string): void {
  const { name, node } = plan.environment;
  const { promise } = plan.facts;
  const { kind } = node.supervisor;
  if (processes.includes('supervisor') && promise.livesOutside === true) {
    throw new HarnessError('invalid', `environment ${name}: the supervisor (${kind}) is not in the node`, {
      hint: 'only what runs in a node can be killed there; node-reboot takes the whole node down',
    });
  }
  if (processes.includes('master') && promise.serverIsPid1 === true && !HANDLED.includes(signal)) {
    throw new HarnessError(
      'invalid',
      `environment ${name}: the server is PID 1 of the node, which SIG${signal} cannot hit`,
      {
        hint: "let the engine's init be PID 1 (supervisor: { kind: 'docker', init: true }), or send TERM or QUIT",
      },
    );
  }
}
