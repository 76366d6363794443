// `remuster exec`: a command in a node of a held tier.
import type { Command } from 'commander';
import { heldTier, socketOf } from '../hold/state.js';
import { ask } from '../hold/wire.js';
import type { CommandIo } from './io.js';

export function register(program: Command, io: CommandIo): void {
  program
    .command('exec')
    .summary('run a command in a node of a held tier')
    .argument('<node>', "'web-1'")
    .argument('<command...>', 'what to run, after --')
    .option('--tier <name>', 'which tier, where several are held')
    .passThroughOptions()
    .addHelpText('after', '\nExample:\n  $ remuster exec web-1 -- systemctl status shop')
    .action(async (node: string, argv: readonly string[], flags: { readonly tier?: string }) => {
      const tier = heldTier(flags.tier, io.env);
      const { exitCode, stdout, stderr } = await ask(
        socketOf(tier.name, io.env),
        { do: 'exec', node, argv: argv[0] === '--' ? argv.slice(1) : argv },
        () => undefined,
      );
      io.stdout.write(stdout);
      io.stderr.write(stderr);
      io.exit(exitCode);
    });
}
