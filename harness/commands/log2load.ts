// `remuster log2load`: makes the load of a scenario from an access log: its kinds of requests, how often each came, and how
// many came when. Reads the log once, however long it is; boots nothing.
import { basename, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration, parseShare } from '../core/units.js';
import { logFormats, type LogFormatName } from '../log2load/formats.js';
import { openLog } from '../log2load/lines.js';
import { loadOf, loadYaml } from '../log2load/load-of-log.js';
import { readMoment, type LogMoment } from '../log2load/log-time.js';
import { tallyLog } from '../log2load/tally.js';
import { interruptible } from './interrupts.js';
import type { CommandIo } from './io.js';

interface Flags {
  readonly format: LogFormatName | 'auto';
  readonly from?: LogMoment;
  readonly to?: LogMoment;
  /** ms */
  readonly bucket: number;
  readonly rate: number;
  readonly speed: number;
  readonly anonymise: boolean;
  readonly requests: number;
  readonly writes: boolean;
  readonly badLines: number;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('log2load')
    .summary('make the load of a scenario from an access log')
    .description(
      'Reads an access log (nginx or Apache combined, HAProxy, JSON lines; plain or gzip) and prints the `load` of a scenario in YAML: the requests by frequency, and a recorded curve with as many requests in each bucket of time as the log has. `remuster run SCENARIO --load FILE` plays it. Its memory does not grow with the log.',
    )
    .argument('<log>', 'access log; - is standard input')
    .addOption(
      new Option('--format <name>', 'format of the log').choices(['auto', ...Object.keys(logFormats)]).default('auto'),
    )
    .option(
      '--from <time>',
      "only requests from this time on: '14:00', '2026-11-23 14:00', with or without zone",
      moment,
    )
    .option('--to <time>', 'only requests before this time', moment)
    .option('--bucket <duration>', 'requests are counted for so long', bucket, 10_000)
    .option('--rate <factor>', "so many times the requests: 'x1.5'", factor, 1)
    .option('--speed <factor>', "so many times as fast: 'x2' makes an hour half an hour", factor, 1)
    .option('--anonymise', 'replace ids in paths and values in queries; words in paths are kept', false)
    .option('--requests <n>', 'keep so many kinds of requests; the rest count as the nearest of them', wholeNumber, 20)
    .option('--writes', 'take POST, PUT, PATCH and DELETE too, with an empty body: logs have none', false)
    .option('--bad-lines <share>', 'so many lines may be unreadable', share, 0.01)
    .addHelpText(
      'after',
      '\nExample:\n  $ remuster log2load access.log --from 12:00 --to 12:20 --anonymise > load.yaml\n  $ remuster run scenarios/kill-one.ts --load load.yaml',
    )
    .action(async (file: string, flags: Flags) => {
      const text = await interruptible((signal) => convert(file, flags, io, signal));
      io.stdout.write(text);
    });
}

async function convert(file: string, flags: Flags, io: CommandIo, signal: AbortSignal): Promise<string> {
  const isPiped = file === '-';
  const name = isPiped ? 'standard input' : file;
  const source = isPiped ? process.stdin : openLog(resolve(io.cwd, file));
  const { bucket: bucketMs, anonymise } = flags;
  const tally = await tallyLog(source, name, { ...flags, bucketMs }, signal);
  const scale = { rate: flags.rate, speed: flags.speed };
  const load = loadOf(tally, bucketMs, scale, flags.requests);
  if (tally.unreadable > 0) {
    const lines = tally.firstUnreadable.map((each) => `  ${each}\n`).join('');
    io.stderr.write(`${String(tally.unreadable)} of ${String(tally.lines)} lines are unreadable; the first:\n${lines}`);
  }
  return loadYaml(load, tally, { name: isPiped ? name : basename(file), bucketMs, scale, anonymise });
}

function moment(text: string): LogMoment {
  const found = readMoment(text);
  if (!found)
    throw new InvalidArgumentError("write it like '14:00', '2026-11-23 14:00' or '2026-11-23T14:00:00+01:00'.");
  return found;
}

function bucket(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 100 || ms > 3_600_000)
    throw new InvalidArgumentError("a duration from '100ms' to '1h' is needed, like '10s'.");
  return ms;
}

function factor(text: string): number {
  const value = Number(/^x?(\d+(?:\.\d+)?)$/.exec(text.trim())?.[1]);
  if (!(value > 0 && value <= 1_000)) throw new InvalidArgumentError("write it like 'x1.5'; above 0, at most x1000.");
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000)
    throw new InvalidArgumentError('a whole number from 1 to 1000 is needed.');
  return value;
}

function share(text: string): number {
  const value = parseShare(text);
  if (value === undefined || value > 1) throw new InvalidArgumentError("write it like '1%' (0% to 100%).");
  return value;
}
