// The fault `kill`: a signal to the master, one worker, all workers or the supervisor itself, from the agent's shell.
// With SIGKILL it is the crash; with TERM, QUIT or INT the end that an operator's `kill` would cause.
import { z } from 'zod';
import { messageOf } from '../core/errors.js';
import type { Fault, FaultContext } from './fault.js';
import { refuseOutOfReach } from './reach.js';
import { PROCESS_WORDS, SUBJECT_OF, allGone, describeVictims, keysOf, victims } from './victims.js';

/** Signals that end a process unless it handles them; signal(7). */
const LETHAL = [
  'KILL',
  'TERM',
  'INT',
  'QUIT',
  'ABRT',
  'SEGV',
  'BUS',
  'ILL',
  'FPE',
  'SYS',
  'TRAP',
  'PIPE',
  'ALRM',
] as const;
/** What becomes of a process is up to the server. STOP is the fault `freeze`, which is undone. */
const ASKING = ['HUP', 'USR1', 'USR2', 'WINCH', 'TTIN', 'TTOU', 'CONT'] as const;
/** How long a SIGKILL may take to be seen in the process table. */
const GONE_WITHIN_MS = 5_000;

const options = z.strictObject({
  signal: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.replace(/^SIG/, '') : value),
      z.enum([...LETHAL, ...ASKING]),
    )
    .default('KILL'),
  process: z.enum(PROCESS_WORDS).default('master'),
});

type Options = z.infer<typeof options>;

function isLethal(signal: Options['signal']): boolean {
  return (LETHAL as readonly string[]).includes(signal);
}

/**
 * By when they must be gone for the blow to have landed; undefined: that it was delivered is enough, what they make of it is for
 * the receipt. A signal to PID 1 of a node that it has no handler for is dropped by the kernel, pid_namespaces(7): it hit nothing.
 */
function provedWithinMs({ signal, process }: Options, { plan, node }: FaultContext): number | undefined {
  if (signal === 'KILL') return GONE_WITHIN_MS;
  const mayBeDropped = process === 'master' && plan.facts.promise.serverIsPid1 === true && isLethal(signal);
  return mayBeDropped ? node.service.stop.graceMs + GONE_WITHIN_MS : undefined;
}

export const kill: Fault<Options> = {
  name: 'kill',
  summary: 'sends a signal (default KILL) to the master, a worker, all workers or the supervisor',
  options,

  path({ signal, process }) {
    return { name: `kill-${process}`, subject: SUBJECT_OF[process], expects: isLethal(signal) ? 'replaced' : 'either' };
  },

  validate: ({ signal, process }, plan) => refuseOutOfReach(plan, [process], signal),

  aim({ signal, process }, context) {
    const census = context.census();
    const found = victims(census, process);
    return Promise.resolve({
      targets: keysOf(found),
      undo: { kind: 'none', node: context.node.name, why: 'a killed process is not brought back: that is the test' },
      description: `SIG${signal} to ${describeVictims(process, found, census)}`,
    });
  },

  async hit({ signal, process }, aim, context, sent) {
    sent();
    const taken = await Promise.all(
      aim.targets.map(async (key) => ((await context.signal(key, signal)) ? key : undefined)),
    );
    const targets = taken.filter((key) => key !== undefined);
    if (targets.length === 0) return { landed: false, evidence: `${aim.description}: hit nothing`, targets };
    const within = provedWithinMs({ signal, process }, context);
    if (within === undefined) return { landed: true, evidence: `${aim.description}: delivered`, targets };
    try {
      await context.seen((census) => allGone(census, targets), within);
    } catch (error) {
      return {
        landed: false,
        evidence: `${aim.description}: delivered, but still there (${messageOf(error)})`,
        targets,
      };
    }
    return { landed: true, evidence: `${aim.description}: gone`, targets };
  },
};
