// `remuster open`: shows the report of a stored run in the browser; where there is none to show it in, says where it lies.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { execa } from 'execa';
import { HarnessError } from '../core/errors.js';
import { openRun } from '../record/store.js';
import { reporters } from '../report/index.js';
import type { CommandIo } from './io.js';

interface OpenFlags {
  readonly print: boolean;
  readonly out: string;
}

/** An opener hands the page to a browser and ends at once; one that does not is left alone after this, ms. */
const OPENER_MS = 10_000;

export function register(program: Command, io: CommandIo): void {
  program
    .command('open')
    .summary('show the report of a stored run in the browser')
    .description(
      'Opens report.html of the newest run, or of the run that is named, with the opener of the system. ' +
        'Without a display or an opener it prints the path.',
    )
    .argument('[run]', 'folder of the run or its id', 'latest')
    .option('--print', 'only print the path', false)
    .option('--out <folder>', 'folder of the results', io.env['REMUSTER_OUT'] ?? 'results')
    .addHelpText('after', '\nExample:\n  $ remuster open results/latest')
    .action((run: string, flags: OpenFlags) => open(run, flags, io));
}

async function open(run: string, flags: OpenFlags, io: CommandIo): Promise<void> {
  const { path } = openRun(run, flags.out);
  const page = join(path, reporters['html']!.file);
  if (!existsSync(page))
    throw new HarnessError('invalid', `${path} has no ${reporters['html']!.file}`, {
      hint: `remuster report ${run} makes it from the journals`,
    });
  io.stdout.write(`${page}\n`);
  if (flags.print) return;
  const opener = openerOf(process.platform, io.env);
  if (opener === undefined) {
    io.stderr.write('there is no display here: open it in a browser elsewhere\n');
    return;
  }
  const [file, ...argv] = opener;
  const { failed, code, shortMessage } = await execa(file, [...argv, page], {
    reject: false,
    stdio: 'ignore',
    env: { ...io.env },
    extendEnv: false,
    timeout: OPENER_MS,
  });
  if (failed)
    io.stderr.write(code === 'ENOENT' ? `${file} is not installed\n` : `${shortMessage ?? 'it did not open'}\n`);
}

/** The program that opens a file in the browser; undefined where nobody could see it. */
export function openerOf(platform: NodeJS.Platform, env: CommandIo['env']): readonly [string, ...string[]] | undefined {
  const has = (name: string): boolean => env[name] !== undefined && env[name] !== '';
  switch (platform) {
    case 'darwin':
      return ['open'];
    case 'win32':
      return ['cmd', '/c', 'start', ''];
    default:
      return has('DISPLAY') || has('WAYLAND_DISPLAY') ? ['xdg-open'] : undefined;
  }
}
