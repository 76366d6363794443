// `remuster schema`: prints the JSON Schema of scenarios, so that an editor completes and checks them in YAML and JSON.
import type { Command } from 'commander';
import { allPlugIns } from '../scenario/all-plug-ins.js';
import { scenarioJsonSchema } from '../scenario/json-schema.js';
import type { CommandIo } from './io.js';

export function register(program: Command, io: CommandIo): void {
  program
    .command('schema')
    .summary('print the JSON Schema of scenarios, for editors')
    .description(
      'Prints the JSON Schema (draft 2020-12) of scenarios with all plug-ins of this version. The package has it too, as schema/scenario.schema.json.',
    )
    .addHelpText('after', '\nExample:\n  $ remuster schema > scenario.schema.json')
    .action(() => void io.stdout.write(schemaText()));
}

/** As it is in the package. */
export function schemaText(): string {
  return `${JSON.stringify(scenarioJsonSchema(allPlugIns), null, 2)}\n`;
}
