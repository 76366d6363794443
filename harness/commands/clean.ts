// `remuster clean`: removes what runs left behind, by hand; `run` does the same by itself before it begins (tier/sweep.ts).
import type { Command } from 'commander';
import { EXIT } from '../core/errors.js';
import { forget, heldTiers, isHeld } from '../hold/state.js';
import { connectDocker } from '../tier/runtime/docker.js';
import { parseOwner, stateOfOwner } from '../tier/runtime/owner.js';
import type { LeftBehind } from '../tier/runtime/runtime.js';
import { healLeft } from '../tier/heal-left.js';
import { describeLeft } from '../tier/sweep.js';
import type { CommandIo } from './io.js';

interface CleanFlags {
  readonly all: boolean;
  readonly json: boolean;
  readonly out: string;
}

interface Remaining {
  readonly item: LeftBehind;
  readonly why: string;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('clean')
    .summary('remove what runs left behind')
    .description(
      'Removes containers, networks and volumes of runs whose process is proved gone. Removing a node heals the faults in it; what a scenario gave as `undo` of its own commands is run before, and in nodes that stay.',
    )
    .option('--all', 'also what was kept (--keep), and what belongs to an earlier boot or to another machine', false)
    .option('--json', 'print one JSON object', false)
    .option('--out <folder>', 'folder of the results, with the undo ledgers', io.env['REMUSTER_OUT'] ?? 'results')
    .addHelpText('after', '\nExample:\n  $ remuster clean --all')
    .action(async (flags: CleanFlags) => clean(flags, io));
}

async function clean(flags: CleanFlags, io: CommandIo): Promise<void> {
  const runtime = await connectDocker();
  const found = await runtime.findLeftBehind();
  const remaining = found.flatMap((item) => reasonToStay(item, flags.all) ?? []);
  const doomed = found.filter((item) => !remaining.some((one) => one.item === item));
  const healed = await healLeft(runtime, found.filter(isOfTheDead), flags.out);
  const failures = await runtime.removeLeftBehind(doomed);
  // What is really gone is what a second look does not find.
  const still = new Set((await runtime.findLeftBehind()).map((item) => item.id));
  const removed = doomed.filter((item) => !still.has(item.id));
  const failed = doomed.filter((item) => still.has(item.id));
  for (const tier of heldTiers(io.env)) {
    if (!isHeld(tier) && !failed.some(({ run }) => run === tier.runId)) forget(tier.name, io.env);
  }
  if (flags.json) {
    const brief = ({ kind, name, run }: LeftBehind): object => ({ kind, name, run });
    const answer = {
      schemaVersion: 1,
      undone: healed.map(({ node, run, words, ok }) => ({ node, run, ok, words })),
      removed: removed.map(brief),
      remaining: remaining.map(({ item, why }) => ({ ...brief(item), why })),
      failed: failed.map(brief),
      failures,
    };
    io.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  } else {
    for (const { words } of healed) io.stdout.write(`${words}\n`);
    for (const item of removed) io.stdout.write(`removed ${describeLeft(item)}\n`);
    for (const { item, why } of remaining) io.stdout.write(`left    ${describeLeft(item)} (${why})\n`);
    if (found.length === 0) io.stdout.write('nothing was left behind\n');
  }
  for (const failure of failures) io.stderr.write(`could not remove ${failure}\n`);
  io.exit(failed.length === 0 ? EXIT.pass : EXIT.leftBehind);
}

/** Nobody else will play its ledger. */
function isOfTheDead({ owner }: LeftBehind): boolean {
  return stateOfOwner(owner) === 'dead';
}

/** Why something is not removed; undefined when it is. What a living process uses is nobody else's to remove. */
function reasonToStay(item: LeftBehind, all: boolean): Remaining | undefined {
  const state = stateOfOwner(item.owner);
  if (state === 'alive' && item.labelKind === 'run')
    return { item, why: `in use by pid ${parseOwner(item.owner)?.pid ?? '?'}` };
  if (state === 'alive' && item.labelKind === 'up') return { item, why: 'held; remuster down takes it down' };
  if (all) return undefined;
  if (item.labelKind === 'kept') return { item, why: 'kept on purpose; clean --all removes it' };
  if (state === 'unknown') return { item, why: 'of an earlier boot or of another machine; clean --all removes it' };
  return undefined;
}
