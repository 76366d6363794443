// `remuster load`: another level of load on a held tier.
import type { Command } from 'commander';
import { HarnessError } from '../core/errors.js';
import { heldTier, socketOf } from '../hold/state.js';
import { ask } from '../hold/wire.js';
import type { CommandIo } from './io.js';
import { plansFrom } from './load-plans.js';

interface LoadFlags {
  readonly users?: string;
  readonly rate?: string;
  readonly tier?: string;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('load')
    .summary('change the load on a held tier')
    .description('Ends the load that runs and starts another one: the same requests, another number of users or rate.')
    .option('--users <n>', 'users, where the scenario has users')
    .option('--rate <n>', 'requests per second, where the scenario has a rate')
    .option('--tier <name>', 'which tier, where several are held')
    .addHelpText('after', '\nExample:\n  $ remuster load --users 100')
    .action(async (flags: LoadFlags) => {
      const tier = heldTier(flags.tier, io.env);
      const [plan] = await plansFrom(tier.file, { env: [tier.environment] }, { ...io, cwd: tier.cwd });
      const [wanted, other] =
        plan.load.model === 'closed' ? (['users', 'rate'] as const) : (['rate', 'users'] as const);
      if (flags[other] !== undefined || flags[wanted] === undefined)
        throw new HarnessError('usage', `the load of ${tier.name} is given in ${wanted}`, {
          hint: `remuster load --${wanted} 50`,
        });
      const level = Number(flags[wanted]);
      if (!Number.isInteger(level) || level < 1)
        throw new HarnessError('usage', `--${wanted}: "${flags[wanted]}" is not a whole number, 1 or more`);
      const { words } = await ask(socketOf(tier.name, io.env), { do: 'load', level }, () => undefined);
      io.stdout.write(`${tier.name}: ${words} from now on\n`);
    });
}
