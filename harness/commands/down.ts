// `remuster down`: takes a held tier down, whether the process that holds it still lives or not.
import type { Command } from 'commander';
import { sleep } from '../core/clock.js';
import { EXIT, HarnessError } from '../core/errors.js';
import { forget, heldTier, heldTiers, isHeld, pidOf, read, socketOf, type HeldTier } from '../hold/state.js';
import { ask } from '../hold/wire.js';
import { receiptLine } from '../hold/words.js';
import { healLeft } from '../tier/heal-left.js';
import { connectDocker } from '../tier/runtime/docker.js';
import { describeLeft } from '../tier/sweep.js';
import type { CommandIo } from './io.js';

/** The load's last answers, the logs and the containers take a few seconds; a fault at work is healed first. */
const DEADLINE_MS = 120_000;
const LOOK_EVERY_MS = 50;

export function register(program: Command, io: CommandIo): void {
  program
    .command('down')
    .summary('take a held tier down')
    .argument('[tier]', 'which one, where several are held')
    .option('--all', 'all of them', false)
    .addHelpText('after', '\nExample:\n  $ remuster down')
    .action(async (name: string | undefined, flags: { readonly all: boolean }) => {
      for (const tier of flags.all ? heldTiers(io.env) : [heldTier(name, io.env)]) await down(tier, io);
    });
}

async function down(tier: HeldTier, io: CommandIo): Promise<void> {
  if (isHeld(tier)) await letGo(tier, io);
  const left = await removeRest(tier, io);
  forget(tier.name, io.env);
  io.stdout.write(
    left.length === 0
      ? `${tier.name} is down; nothing is left of it\n`
      : `${tier.name}: left behind: ${left.join(', ')}\n`,
  );
  if (left.length > 0) io.exit(EXIT.leftBehind);
}

async function letGo(tier: HeldTier, io: CommandIo): Promise<void> {
  const pid = pidOf(tier);
  if (tier.state === 'up') {
    const { folder, receipts } = await ask(socketOf(tier.name, io.env), { do: 'down' }, () => undefined);
    for (const receipt of receipts) io.stdout.write(`${receiptLine(receipt)}\n`);
    io.stdout.write(`kept in ${folder}\n`);
  } else if (tier.state === 'booting' && pid !== undefined) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + DEADLINE_MS;
  while (isHeld(read(tier.name, io.env) ?? tier) && isHeld(tier)) {
    if (Date.now() > deadline)
      throw new HarnessError(
        'timed-out',
        `${tier.name} is still ending after ${String(DEADLINE_MS / 1000)} s (pid ${String(pid)})`,
      );
    await sleep(LOOK_EVERY_MS);
  }
}

/** What its holder did not remove, as it was killed. */
async function removeRest(tier: HeldTier, io: CommandIo): Promise<readonly string[]> {
  const runtime = await connectDocker();
  const ofTier = async (): ReturnType<typeof runtime.findLeftBehind> =>
    (await runtime.findLeftBehind()).filter(({ run }) => run === tier.runId);
  const items = await ofTier();
  if (items.length === 0) return [];
  for (const { words } of await healLeft(runtime, items, tier.out)) io.stdout.write(`${words}\n`);
  await runtime.removeLeftBehind(items);
  return (await ofTier()).map(describeLeft);
}
