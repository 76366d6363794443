// The fault `exec`: any command of the user's inside a node, with the command that proves it landed and the one that undoes
// it. For what remuster does not know of: a full disk, a broken configuration, a deployment script.
import { z } from 'zod';
import { waitFor, type Look } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import { duration } from '../scenario/values.js';
import type { Fault, FaultContext } from './fault.js';
import { keysOf, victims } from './victims.js';

const LONGEST_NAME = 40;
/** Of a command and of what it wrote, for the evidence. */
const QUOTED_CHARACTERS = 160;
const COMMAND_DEADLINE_MS = 60_000;
const PROOF_DEADLINE_MS = 15_000;
const PROOF_EVERY_MS = 200;

/** A text goes through the node's `sh`; a list is a program and its arguments. */
const command = z.union([
  z
    .string()
    .min(1)
    .transform((text): readonly string[] => ['sh', '-c', text]),
  z.array(z.string()).min(1),
]);

const options = z
  .strictObject({
    command,
    /** Brings the node back to what it was. */
    undo: command.optional(),
    /** Ends with 0 as soon as the command has done its work. Absent: when it ends with 0 itself, it has. */
    proof: command.optional(),
    /** So long after it landed it is undone. Absent: when the rounds are over. */
    for: duration.optional(),
    /** Name of the restart path, in receipts. */
    path: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'is not a name; use small letters, digits and dashes' })
      .max(LONGEST_NAME)
      .default('exec'),
    /** Who it is about, and what is to become of it. */
    subject: z.enum(['master', 'workers', 'supervisor', 'node']).default('master'),
    expects: z.enum(['replaced', 're-executed', 'kept', 'either']).default('either'),
  })
  .refine(({ undo, for: forMs }) => undo !== undefined || forMs === undefined, {
    path: ['for'],
    error: 'is the time after which it is undone, but there is no undo',
  });
type Options = z.infer<typeof options>;

export const exec: Fault<Options> = {
  name: 'exec',
  summary: 'runs any command inside a node, with its undo and the proof that it landed',
  options,

  path: ({ path, subject, expects }) => ({ name: path, subject, expects }),

  healAfterMs: (chosen) => chosen.for,

  aim(chosen, context) {
    const { subject } = chosen;
    const { node } = context;
    const census = context.census();
    const found = subject === 'node' ? (census?.processes ?? []) : victims(census, subject);
    const { name } = node;
    return Promise.resolve({
      targets: keysOf(found),
      undo: chosen.undo
        ? { kind: 'exec', containerId: node.container.id, node: name, argv: chosen.undo }
        : { kind: 'none', node: name, why: 'the scenario names no undo' },
      description: commandWords(chosen.command),
    });
  },

  async hit(chosen, aim, context, sent) {
    const { targets } = aim;
    sent();
    try {
      const told = await ran(chosen.command, context, COMMAND_DEADLINE_MS);
      if (!chosen.proof) return { landed: told.exitCode === 0, evidence: `${aim.description}: ${told.words}`, targets };
      const proved = await proof(chosen.proof, context);
      return { landed: true, evidence: `${aim.description}: ${told.words}; ${proved}`, targets };
    } catch (error) {
      context.abort.throwIfAborted();
      return { landed: false, evidence: `${aim.description}: ${messageOf(error)}`, targets };
    }
  },

  async heal(chosen, _aim, context) {
    if (!chosen.undo) return 'nothing to undo';
    const words = commandWords(chosen.undo);
    const told = await ran(chosen.undo, context, COMMAND_DEADLINE_MS);
    if (told.exitCode === 0) return `${words}: ${told.words}`;
    throw new HarnessError('internal', `${context.node.name}: the undo ${words} ${told.words}`);
  },
};

/** `sh -c` is ours, not the user's. */
function commandWords(argv: readonly string[]): string {
  const text = argv[0] === 'sh' && argv[1] === '-c' ? (argv[2] ?? '') : argv.join(' ');
  return `"${shortened(text)}"`;
}

function shortened(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > QUOTED_CHARACTERS ? `${line.slice(0, QUOTED_CHARACTERS)}...` : line;
}

interface Ran {
  readonly exitCode: number;
  readonly words: string;
}

async function ran(argv: readonly string[], { node, abort }: FaultContext, deadlineMs: number): Promise<Ran> {
  const signal = AbortSignal.any([abort, AbortSignal.timeout(deadlineMs)]);
  const { exitCode, stdout, stderr } = await node.container.exec(argv, { signal });
  const said = shortened(stderr.trim() === '' ? stdout : stderr);
  return { exitCode, words: `ended with ${exitCode}${said === '' ? '' : ` (${said})`}` };
}

async function proof(argv: readonly string[], context: FaultContext): Promise<string> {
  const words = commandWords(argv);
  const look = async (): Promise<Look<string>> => {
    const told = await ran(argv, context, PROOF_DEADLINE_MS);
    return told.exitCode === 0 ? { done: true, value: `proved by ${words}` } : { done: false, evidence: told.words };
  };
  const { abort: signal } = context;
  return waitFor(look, { what: `the proof ${words}`, deadlineMs: PROOF_DEADLINE_MS, everyMs: PROOF_EVERY_MS, signal });
}
