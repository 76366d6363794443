// `remuster doctor`: can runs work on this machine, and if not, what is the way out (the checks are in doctor-checks.ts);
// with --load, how much load it can generate honestly (doctor-load.ts).
import type { Command } from 'commander';
import { EXIT } from '../core/errors.js';
import { examine, type Diagnosis } from './doctor-checks.js';
import { measureLoad } from './doctor-load.js';
import type { CommandIo } from './io.js';

export function register(program: Command, io: CommandIo): void {
  program
    .command('doctor')
    .summary('say whether this machine can run scenarios, and the way out where not')
    .description(
      'Looks at Node, the engine, cgroups, certificates, disk and cores, and boots one systemd node for a moment with the real flags (building its image if need be).',
    )
    .option(
      '--load',
      'measure instead how much load this machine generates honestly, and keep it (half a minute for each engine)',
      false,
    )
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      `\nExit code ${EXIT.cannotRunHere} when something needed is missing.\n\nWhat --load measures is the most that each engine offers with books that balance, in time, and with CPU to spare.\nplan and run then warn when a scenario asks for more than half of it.\n\nExample:\n  $ remuster doctor\n  $ remuster doctor --load`,
    )
    .action(async (flags: { readonly json: boolean; readonly load: boolean }) => {
      if (flags.load) return measureLoad(io, flags.json);
      const found = await examine(io.cwd, io.env, (line) => io.stderr.write(`${line}\n`));
      const able = found.every(({ state }) => state !== 'problem');
      if (flags.json) io.stdout.write(`${JSON.stringify({ schemaVersion: 1, able, checks: found }, null, 2)}\n`);
      else
        io.stdout.write(`${found.map(lineOf).join('\n')}\n${able ? 'runs can work here' : 'runs cannot work here'}\n`);
      io.exit(able ? EXIT.pass : EXIT.cannotRunHere);
    });
}

function lineOf({ check, state, saw, wayOut }: Diagnosis): string {
  const line = `${state.padEnd(8)}${check.padEnd(15)}${saw}`;
  return wayOut === undefined ? line : `${line}\n${' '.repeat(23)}way out: ${wayOut}`;
}
