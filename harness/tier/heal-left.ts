// Plays what the undo ledgers of dead runs still list, in nodes that are still there: `run` before it sweeps, and `clean`. Most
// faults end with their node; what a user's own command did may reach further, and kept nodes stay.
import { messageOf } from '../core/errors.js';
import { parseKey, type ProcessKey } from '../core/identity.js';
import type { UndoRecord } from '../faults/fault.js';
import { undoFilesOf } from '../record/store.js';
import { stillArmed, UndoLedger } from '../record/undo.js';
import type { LeftBehind, Runtime } from './runtime/runtime.js';

const DEADLINE_MS = 10_000;

export interface Healed {
  readonly run: string;
  readonly node: string;
  readonly ok: boolean;
  readonly words: string;
}

/** `items`: of runs that are dead; those of others are theirs to heal. */
export async function healLeft(
  runtime: Runtime,
  items: readonly LeftBehind[],
  results: string,
): Promise<readonly Healed[]> {
  const containers = items.filter(({ kind }) => kind === 'container');
  const healed: Healed[] = [];
  for (const run of new Set(containers.map((item) => item.run))) {
    for (const file of undoFilesOf(results, run)) {
      const ledger = new UndoLedger(file);
      for (const { id, undo } of stillArmed(file)) {
        const container = containers.find((item) => item.run === run && isOf(undo, item));
        const argv = commandOf(undo);
        if (!container || !argv) continue;
        const one = await healOne(runtime, container, argv, undo.node);
        if (one.ok) ledger.undone(id, undo);
        healed.push(one);
      }
    }
  }
  return healed;
}

function isOf(undo: UndoRecord, { id }: LeftBehind): boolean {
  return undo.kind !== 'none' && undo.containerId === id;
}

/** Undefined where there is nothing that a command in the node could undo. */
function commandOf(undo: UndoRecord): readonly string[] | undefined {
  switch (undo.kind) {
    case 'exec':
      return undo.argv;
    case 'signal':
      return ['sh', '-c', undo.targets.map((key) => signalWhere(key, undo.signal)).join('; ')];
    case 'start': // A node that is down takes no command; removing it is what heals it.
    case 'none':
      return undefined;
  }
}

/** Only to the process that was hit: its pid may be somebody else's by now. Field 22 of /proc/PID/stat; proc(5). */
function signalWhere(key: ProcessKey, signal: string): string {
  const { pid, start } = parseKey(key);
  const stat = `$(sed 's/.*) //' /proc/${pid}/stat 2>/dev/null | cut -d ' ' -f 20)`;
  return `[ "${stat}" != ${start} ] || kill -${signal} ${pid}`;
}

async function healOne(
  runtime: Runtime,
  container: LeftBehind,
  argv: readonly string[],
  node: string,
): Promise<Healed> {
  const { run } = container;
  const text = argv[0] === 'sh' && argv[1] === '-c' ? argv[2] : argv.join(' ');
  try {
    const { exitCode, stderr } = await runtime.execIn(container, argv, AbortSignal.timeout(DEADLINE_MS));
    const words = `"${text ?? ''}" in ${container.name} ended with ${exitCode}`;
    return exitCode === 0
      ? { run, node, ok: true, words: `undone  ${words}` }
      : { run, node, ok: false, words: `could not undo: ${words}${stderr.trim() === '' ? '' : ` (${stderr.trim()})`}` };
  } catch (error) {
    return { run, node, ok: false, words: `could not undo "${text ?? ''}" in ${container.name}: ${messageOf(error)}` };
  }
}
