// `remuster promise`: measures what supervisors do with a service that ends, and holds it against what they promise.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT, HarnessError, type ExitCode } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { differences } from '../promises/compare.js';
import { measure } from '../promises/measure.js';
import { page, type Measured } from '../promises/page.js';
import type { Supervisor } from '../tier/plugins.js';
import { connectDocker } from '../tier/runtime/docker.js';
import type { Runtime } from '../tier/runtime/runtime.js';
import * as supervisors from '../tier/supervisors/index.js';
import { interruptible } from './interrupts.js';
import type { CommandIo } from './io.js';

interface Flags {
  readonly docs?: string;
  readonly json: boolean;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('promise')
    .summary('measure what a supervisor does with a service that ends, against what it promises')
    .description(
      'Ends a small service under the real supervisor (by a signal, by an error, with code 0, again and again) and says what differs from the promise that remuster reckons with.',
    )
    .argument('[supervisor...]', 'names; none: all of them')
    .option('--docs <folder>', 'write a page for each supervisor into this folder')
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      `\nExit code ${EXIT.fail} when a promise does not hold.\n\nExample:\n  $ remuster promise systemd`,
    )
    .action(async (names: readonly string[], flags: Flags) => {
      const chosen = chosenOf(names);
      const runtime = await connectDocker();
      io.exit(await interruptible((signal) => keptPromises(chosen, runtime, flags, io, signal)));
    });
}

interface Found {
  readonly supervisor: string;
  readonly differences: readonly string[];
  readonly all: readonly Measured[];
}

async function keptPromises(
  chosen: readonly Supervisor[],
  runtime: Runtime,
  flags: Flags,
  io: CommandIo,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { engineVersion, cgroupVersion } = await runtime.info();
  const found: Found[] = [];
  for (const supervisor of chosen) {
    const one = await examined(supervisor, runtime, io, signal);
    found.push(one);
    if (flags.docs !== undefined) {
      const folder = resolve(io.cwd, flags.docs);
      mkdirSync(folder, { recursive: true });
      const where = `engine ${engineVersion}, cgroup v${cgroupVersion}`;
      const { name, summary } = supervisor;
      writeFileSync(join(folder, `${name}.md`), page({ name, summary, all: one.all, where }));
    }
    if (flags.json) continue;
    io.stdout.write(
      one.differences.length === 0 ? `${supervisor.name}: as promised\n` : `${one.differences.join('\n')}\n`,
    );
  }
  const isKept = found.every(({ differences: wrong }) => wrong.length === 0);
  if (flags.json) io.stdout.write(`${JSON.stringify({ schemaVersion: 1, isKept, supervisors: found }, null, 2)}\n`);
  return isKept ? EXIT.pass : EXIT.fail;
}

async function examined(supervisor: Supervisor, runtime: Runtime, io: CommandIo, signal: AbortSignal): Promise<Found> {
  const all: Measured[] = [];
  for (const given of [{}, ...(supervisor.variants ?? [])]) {
    const options = supervisor.options.parse(given);
    const measured = await measure(runtime, supervisor, options, (line) => io.stderr.write(`${line}\n`), signal);
    all.push({ given, promise: supervisor.promise(options), measured });
  }
  const wrong = all.flatMap(({ given, promise, measured }) =>
    differences(promise, measured).map((text) => `${supervisor.name} ${JSON.stringify(given)}: ${text}`),
  );
  return { supervisor: supervisor.name, differences: wrong, all };
}

function chosenOf(names: readonly string[]): readonly Supervisor[] {
  const known = Object.keys(supervisors);
  const map: Readonly<Record<string, Supervisor>> = supervisors;
  if (names.length === 0) return Object.values(map);
  return names.map((name) => {
    const found = Object.hasOwn(map, name) ? map[name] : undefined;
    if (found) return found;
    const near = nearestName(name, known);
    throw new HarnessError(
      'invalid',
      `"${name}" is not a supervisor${near === undefined ? '' : `; did you mean "${near}"?`}`,
      {
        hint: `known are ${known.join(', ')}`,
      },
    );
  });
}
