// `remuster snapshot`: prints the read-only shell script that an operator runs on a production host; `parity` compares what
// it wrote with an environment. The script itself is docker/snapshot/snapshot.sh, plain to read before it is run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { packageRoot } from '../tier/images/package-root.js';
import type { CommandIo } from './io.js';

interface Flags {
  readonly service?: string;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('snapshot')
    .summary('print a script that writes down what a production host really runs')
    .description(
      'Prints a read-only shell script (sh and /proc only). Run on a production host as root, it writes one JSON document: each listening server with its supervisor, argv, names and salted hashes of its variables, directory, user, limits, unit or pill text, and versions. `parity --with snapshot.json` compares an environment with it. Read the script before you run it; treat the document like a configuration file.',
    )
    .option('--service <name>', 'only servers whose unit or command line has this name in it', plainName)
    .addHelpText(
      'after',
      '\nExample:\n  $ remuster snapshot --service unicorn > snapshot.sh\n  $ ssh web-1 sudo sh < snapshot.sh > snapshot.json\n  $ remuster parity scenario.ts --of release --with snapshot.json',
    )
    .action(({ service }: Flags) => {
      const script = readFileSync(join(packageRoot(), 'docker', 'snapshot', 'snapshot.sh'), 'utf8');
      io.stdout.write(service === undefined ? script : script.replace('wanted=${1-}', `wanted=\${1-${service}}`));
    });
}

/** It becomes a word of the script. */
function plainName(text: string): string {
  if (/^[\w@.:-]+$/.test(text)) return text;
  throw new InvalidArgumentError('letters, digits and @ . : - _ only.');
}
