// `remuster validate`: says whether a scenario is right, and everything that is wrong with it, without touching an engine.
import type { Command } from 'commander';
import { planHash } from '../plan/hash.js';
import { scenarioOr } from './default-scenario.js';
import type { CommandIo } from './io.js';
import { plansFrom, withoutOwnVariables } from './load-plans.js';

export function register(program: Command, io: CommandIo): void {
  program
    .command('validate')
    .summary('check a scenario file without running it')
    .description(
      'Reads a scenario and tells everything that is wrong with it, with file, line and column. Exit 0 or 104.',
    )
    .argument('[scenario]', 'scenario file: .ts, .js, .yaml or .json; default: remuster.yaml here')
    .option('--load <file>', "check with the load of this file (remuster log2load) in the place of the scenario's own")
    .addHelpText('after', '\nExample:\n  $ remuster validate scenarios/supervisor-swap.ts')
    .action(async (named: string | undefined, flags: { readonly load?: string }) => {
      const file = scenarioOr(named, io);
      const plans = await plansFrom(file, flags, withoutOwnVariables(io));
      const names = plans.map((plan) => `${plan.environment.name} (${planHash(plan).slice(0, 12)})`);
      io.stdout.write(
        `${file} is valid: ${plans[0].scenario}, ${counted(plans.length, 'environment')}: ${names.join(', ')}\n`,
      );
    });
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
