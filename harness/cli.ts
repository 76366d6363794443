// The program: hands the arguments to a command and turns its outcome, or the error that ended it, into an exit code.
// No stack trace is shown unless REMUSTER_DEBUG is set: people on call need the message and the way out.
import { Command, CommanderError } from 'commander';
import { commands } from './commands/index.js';
import { streamOf, type CommandIo } from './commands/io.js';
import { EXIT, HarnessError } from './core/errors.js';
import { nearestName } from './core/nearest.js';
import { packageVersion } from './tier/images/package-root.js';

/** Builds the whole program; every command writes through `io` only. */
export function program(io: CommandIo): Command {
  const root = new Command('remuster')
    .description('Kills and restarts the servers of a web tier under load, and proves that every node comes back.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError('(add --help for usage)')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => io.stdout.isTTY && io.env['NO_COLOR'] === undefined,
      getErrHasColors: () => io.stderr.isTTY && io.env['NO_COLOR'] === undefined,
    })
    .addHelpText('after', '\nExample:\n  remuster run scenarios/kill-one.ts');
  for (const register of Object.values(commands)) register(root, io);
  return root;
}

/** Runs the program with arguments as after `remuster`; resolves with the exit code. */
export async function main(argv: readonly string[], io: Omit<CommandIo, 'exit'>): Promise<number> {
  let exitCode: number = EXIT.pass;
  const whole: CommandIo = { ...io, exit: (code) => void (exitCode = code) };
  try {
    const root = program(whole);
    const unknown = unknownCommand(root, argv);
    if (unknown !== undefined) {
      io.stderr.write(unknown);
      return EXIT.usage;
    }
    await root.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explained(error, io);
  }
}

/** The message for a first word that is no command; commander's own ends with an error of its own kind. */
function unknownCommand(root: Command, argv: readonly string[]): string | undefined {
  const first = argv[0];
  const names = root.commands.map((command) => command.name());
  if (first === undefined || first.startsWith('-') || first === 'help' || names.includes(first)) return undefined;
  const nearest = nearestName(first, names);
  return `remuster: "${first}" is not a command\n  known: ${names.sort().join(', ')}${nearest ? `     did you mean ${nearest}?` : ''}\n`;
}

function explained(error: unknown, io: Pick<CommandIo, 'stderr' | 'env'>): number {
  const debug = io.env['REMUSTER_DEBUG'] !== undefined && io.env['REMUSTER_DEBUG'] !== '';
  if (error instanceof CommanderError) {
    // Help and version end through an error too; their text has been written already.
    return error.exitCode === 0 ? EXIT.pass : EXIT.usage;
  }
  if (debug && error instanceof Error) io.stderr.write(`${error.stack ?? error.message}\n`);
  if (error instanceof HarnessError) {
    if (!debug) io.stderr.write(`${error.message}\n`);
    if (error.hint !== undefined) io.stderr.write(`  ${error.hint}\n`);
    io.stderr.write(`exit ${String(error.exitCode)}\n`);
    return error.exitCode;
  }
  if (!debug) {
    io.stderr.write(`remuster: internal error: ${error instanceof Error ? error.message : String(error)}\n`);
    io.stderr.write('  this is a defect of remuster; REMUSTER_DEBUG=1 shows where\n');
  }
  return EXIT.internal;
}

/** What bin/remuster.mjs calls: the program on the real process. */
export async function runProcess(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    // `remuster list | head -1` closes the pipe early; that is no error.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  process.exitCode = await main(process.argv.slice(2), {
    stdout: streamOf(process.stdout),
    stderr: streamOf(process.stderr),
    env: process.env,
    cwd: process.cwd(),
  });
}
