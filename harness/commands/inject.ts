// `remuster inject`: one fault on a held tier, and its receipts.
import { InvalidArgumentError, type Command } from 'commander';
import { parse } from 'yaml';
import { EXIT } from '../core/errors.js';
import type { Injected } from '../hold/questions.js';
import { heldTier, socketOf } from '../hold/state.js';
import { ask } from '../hold/wire.js';
import { oneReceipt } from '../report/terminal-receipts.js';
import { receiptLine } from '../hold/words.js';
import { inkFor } from '../report/colors.js';
import { hasBroken, isWhole } from '../verdict/evidence.js';
import type { CommandIo } from './io.js';

interface InjectFlags {
  readonly target: string;
  readonly service?: string;
  readonly tier?: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly judged: boolean;
  readonly json: boolean;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('inject')
    .summary('hurt a held tier with one fault, and show the receipts')
    .description(
      'Sends a fault to nodes of a tier that `up` holds and prints a receipt a node: as soon as all claims hold, or when they are known not to. Exit 0, 99 (a claim is broken) or 100 (the fault missed, or not all was seen).',
    )
    .argument('<fault>', 'as `remuster list faults` names it')
    .requiredOption('--target <nodes>', "names of nodes, 'web-1,web-2', or one, half, all-but-one, all")
    .option('--service <name>', "a further service of these nodes; or name it in the target: 'web-1/puma'")
    .option('--set <option=value>', 'an option of the fault; can be given several times', setting)
    .option('--judged', 'wait until the end of the hold, when the receipt is judged', false)
    .option('--tier <name>', 'which tier, where several are held')
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', '\nExample:\n  $ remuster inject kill --target web-2 --set signal=TERM --set process=worker')
    .action((fault: string, flags: InjectFlags) => inject(fault, flags, io));
}

async function inject(kind: string, flags: InjectFlags, io: CommandIo): Promise<void> {
  const tier = heldTier(flags.tier, io.env);
  const names = flags.target.split(',').map((each) => each.trim());
  const injected = await ask(
    socketOf(tier.name, io.env),
    {
      do: 'inject',
      fault: { ...flags.set, kind },
      target: names.length === 1 ? names[0]! : names,
      ...(flags.service === undefined ? {} : { service: flags.service }),
      untilJudged: flags.judged,
    },
    (line) => void io.stderr.write(`${line}\n`),
  );
  if (flags.json) io.stdout.write(`${JSON.stringify(injected, null, 2)}\n`);
  else io.stdout.write(`${wordsOf(injected, io).join('\n')}\n`);
  io.exit(exitOf(injected));
}

function wordsOf({ receipts, missed }: Injected, io: CommandIo): readonly string[] {
  const width = Math.min(io.stdout.columns ?? 100, 100);
  const ink = inkFor(io.stdout, io.env);
  return [
    ...receipts.flatMap((receipt) => [receiptLine(receipt), ...oneReceipt(receipt, width, ink).slice(1)]),
    ...Object.entries(missed).map(([node, why]) => `${node}: the fault missed: ${why}`),
    ...(receipts.length === 0 && Object.keys(missed).length === 0
      ? ['nothing was restarted, so there is no receipt']
      : []),
  ];
}

function exitOf({ receipts, missed }: Injected): number {
  if (receipts.some(hasBroken)) return EXIT.fail;
  const isProved = receipts.length > 0 && receipts.every(isWhole) && Object.keys(missed).length === 0;
  return isProved ? EXIT.pass : EXIT.inconclusive;
}

/** `signal=TERM`; the value as YAML reads it, so that numbers, lists and texts can be given. */
function setting(text: string, before: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('write it like signal=TERM.');
  const value: unknown = parse(text.slice(at + 1));
  return { ...before, [text.slice(0, at)]: value };
}
