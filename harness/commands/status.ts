// `remuster status`: the tiers that are held, and how their nodes are.
import type { Command } from 'commander';
import type { TierStatus } from '../hold/questions.js';
import { heldTier, heldTiers, isHeld, socketOf, type HeldTier } from '../hold/state.js';
import { ask } from '../hold/wire.js';
import { silentLine, statusLines } from '../hold/words.js';
import type { CommandIo } from './io.js';

export function register(program: Command, io: CommandIo): void {
  program
    .command('status')
    .summary('show the tiers that are held: nodes, processes, supervisors, balancer, restarts')
    .argument('[tier]', 'only this one')
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', '\nExample:\n  $ remuster status')
    .action(async (name: string | undefined, flags: { readonly json: boolean }) => {
      const tiers = name === undefined ? heldTiers(io.env) : [heldTier(name, io.env)];
      const seen = await Promise.all(tiers.map((tier) => look(tier, io)));
      if (flags.json) {
        const all = seen.map(({ tier, status }) => status ?? { ...tier, isHeld: isHeld(tier) });
        io.stdout.write(`${JSON.stringify({ schemaVersion: 1, tiers: all }, null, 2)}\n`);
        return;
      }
      if (tiers.length === 0) io.stdout.write('no tier is held here; remuster up SCENARIO boots one\n');
      for (const { tier, status } of seen) {
        io.stdout.write(`${(status ? statusLines(status) : [silentLine(tier)]).join('\n')}\n`);
      }
    });
}

interface Seen {
  readonly tier: HeldTier;
  readonly status?: TierStatus;
}

async function look(tier: HeldTier, io: CommandIo): Promise<Seen> {
  if (tier.state !== 'up' || !isHeld(tier)) return { tier };
  try {
    return { tier, status: await ask(socketOf(tier.name, io.env), { do: 'status' }, () => undefined) };
  } catch {
    return { tier }; // It has ended between the two looks.
  }
}
