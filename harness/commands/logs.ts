// `remuster logs`: what a node of a held tier has written: its log files, its journal, its container's output.
import type { Command } from 'commander';
import { HarnessError } from '../core/errors.js';
import { heldTier, socketOf } from '../hold/state.js';
import { ask } from '../hold/wire.js';
import type { CommandIo } from './io.js';

export function register(program: Command, io: CommandIo): void {
  program
    .command('logs')
    .summary('show the logs of a node of a held tier')
    .argument('<node>', "'web-1'")
    .option('--lines <n>', 'so many of each log', '50')
    .option('--tier <name>', 'which tier, where several are held')
    .addHelpText('after', '\nExample:\n  $ remuster logs web-1 --lines 20')
    .action(async (node: string, flags: { readonly lines: string; readonly tier?: string }) => {
      const lines = Number(flags.lines);
      if (!Number.isInteger(lines) || lines < 1)
        throw new HarnessError('usage', `--lines: "${flags.lines}" is not a whole number, 1 or more`);
      const tier = heldTier(flags.tier, io.env);
      const { text } = await ask(socketOf(tier.name, io.env), { do: 'logs', node, lines }, () => undefined);
      io.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    });
}
